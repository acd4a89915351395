import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type BuildOptions, buildSync } from 'esbuild';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** A file that ships beside the code: its text, or where it is, from the repository's root. */
export type ShippedFile = { readonly text: string } | { readonly path: string };

export interface Bundle {
  /** Folder of the door under `lambdas/`. */
  readonly door: string;
  /** By name in the function's root. */
  readonly files?: Readonly<Record<string, ShippedFile>>;
}

/**
 * How a door is bundled: one ES module and a chunk for what it loads only when needed, without
 * source maps, which would make the bytes depend on where they are built.
 */
export const bundleOptions = (door: string, outputFolder: string): BuildOptions => ({
  absWorkingDir: ROOT,
  entryPoints: { index: join('lambdas', door, 'handler.ts') },
  outdir: outputFolder,
  outExtension: { '.js': '.mjs' },
  bundle: true,
  splitting: true,
  chunkNames: 'chunk-[hash]',
  format: 'esm',
  platform: 'node',
  target: 'node22',
  mainFields: ['module', 'main'],
  minify: true,
  legalComments: 'none',
  logLevel: 'warning',
  // Lambda's credentials are in the environment: the chain that looks elsewhere stays out.
  alias: { '@aws-sdk/credential-provider-node': join(ROOT, 'lambdas/runtime/env-credentials.ts') },
  // Some of the SDK's dependencies are CommonJS and ask for Node's own modules with require.
  banner: {
    js: "import{createRequire as ballastRequire}from'node:module';const require=ballastRequire(import.meta.url);",
  },
});

/** Bundles a door and puts its files beside it. */
export function bundle({ door, files = {} }: Bundle, outputFolder: string): void {
  buildSync(bundleOptions(door, outputFolder));
  for (const [name, file] of Object.entries(files)) {
    const content = 'text' in file ? file.text : readFileSync(join(ROOT, file.path));
    writeFileSync(join(outputFolder, name), content);
  }
}

import { buildSync, type Metafile } from 'esbuild';
import { bundleOptions } from '../../../lib/function/bundle.ts';

/** What a door ships and what of it is loaded before its handler exists. */
export interface BundleSizes {
  /** Code of every chunk, in bytes. */
  readonly totalBytes: number;
  /** Code of `index.mjs` and of all it imports statically, in bytes. */
  readonly staticBytes: number;
  /** Source files behind `totalBytes`, from the repository's root. */
  readonly inputs: readonly string[];
  /** Source files behind `staticBytes`. */
  readonly staticInputs: readonly string[];
  /** Names of the files that would ship. */
  readonly files: readonly string[];
  /** Whether any of them holds or names a source map. */
  readonly mapped: boolean;
}

/** Bundles a door in memory, as it is deployed, and measures it. */
export function bundleSizes(door: string): BundleSizes {
  const built = buildSync({
    ...bundleOptions(door, 'unwritten'),
    write: false as const,
    metafile: true as const,
  });
  const { outputs } = built.metafile;
  const everything = Object.keys(outputs);
  const onPath = staticPath(outputs);
  return {
    totalBytes: bytesOf(outputs, everything),
    staticBytes: bytesOf(outputs, onPath),
    inputs: inputsOf(outputs, everything),
    staticInputs: inputsOf(outputs, onPath),
    files: everything,
    mapped: built.outputFiles.some(({ text }) => text.includes('sourceMappingURL=')),
  };
}

type Outputs = Metafile['outputs'];

function staticPath(outputs: Outputs): readonly string[] {
  const entry = Object.keys(outputs).find((path) => path.endsWith('/index.mjs'));
  if (entry === undefined) throw new Error('the bundle has no index.mjs');
  const reached = new Set([entry]);
  for (const path of reached) {
    for (const { kind, path: imported, external } of outputs[path]?.imports ?? []) {
      if (kind === 'import-statement' && external !== true) reached.add(imported);
    }
  }
  return [...reached];
}

const bytesOf = (outputs: Outputs, paths: readonly string[]): number =>
  paths.reduce((sum, path) => sum + (outputs[path]?.bytes ?? 0), 0);

/** Those that left something in the output: the rest was shaken off. */
const inputsOf = (outputs: Outputs, paths: readonly string[]): readonly string[] => [
  ...new Set(
    paths.flatMap((path) =>
      Object.entries(outputs[path]?.inputs ?? {})
        .filter(([, { bytesInOutput }]) => bytesInOutput > 0)
        .map(([input]) => input),
    ),
  ),
];

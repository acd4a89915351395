import { basename } from 'node:path';
import { buildSync, type Metafile } from 'esbuild';
import { describe, expect, it } from 'vitest';
import { endpoints } from '../../lambdas/edge/contract.ts';
import { bundleOptions } from '../../lib/function/bundle.ts';

const doors = [...new Set(endpoints.map(({ door }) => door)), 'authorizer', 'reconciler'];

type Output = Metafile['outputs'][string];

const measured = new Map<string, Metafile>();

function metafileOf(door: string): Metafile {
  const known = measured.get(door);
  if (known !== undefined) return known;
  const { metafile } = buildSync({
    ...bundleOptions(door, 'bundled'),
    write: false,
    metafile: true,
  });
  measured.set(door, metafile);
  return metafile;
}

/** The module that Lambda loads, and what that imports before it answers; not what comes when needed. */
function importPath({ outputs }: Metafile): readonly Output[] {
  const found = new Map<string, Output>();
  const queue = Object.keys(outputs).filter((name) => name.endsWith('/index.mjs'));
  for (const name of queue) {
    const output = outputs[name];
    if (output === undefined || found.has(name)) continue;
    found.set(name, output);
    const imports = output.imports.filter(({ kind }) => kind === 'import-statement');
    queue.push(...imports.map(({ path }) => path));
  }
  return [...found.values()];
}

const inputsOf = (outputs: readonly Output[]): readonly string[] =>
  outputs.flatMap(({ inputs }) => Object.keys(inputs));

describe('what a cold start of the gateway loads', () => {
  it('is at most 350 KB', () => {
    const bytes = importPath(metafileOf('gateway')).reduce((sum, output) => sum + output.bytes, 0);

    expect(bytes).toBeGreaterThan(100_000);
    expect(bytes).toBeLessThanOrEqual(350_000);
  });

  it('leaves the SDK of a provider to whoever calls it first', () => {
    const metafile = metafileOf('gateway');
    const sdk = (inputs: readonly string[]) =>
      inputs.some((input) => input.includes('client-bedrock-runtime'));

    expect(sdk(inputsOf(importPath(metafile)))).toBe(false);
    expect(sdk(inputsOf(Object.values(metafile.outputs)))).toBe(true);
  });
});

describe('the same source', () => {
  it('is the same bytes, wherever they are put', () => {
    const bytesIn = (folder: string) =>
      buildSync({ ...bundleOptions('gateway', folder), write: false }).outputFiles.map(
        ({ path, hash, contents }) => [basename(path), hash, contents.length],
      );

    expect(bytesIn('bundled')).toEqual(bytesIn('/elsewhere/deeper/than/that'));
  });
});

describe.each(doors)('the bundle of %s', (door) => {
  it('has no tracer, tokenizer, second schema library or credential chain', () => {
    const inputs = inputsOf(Object.values(metafileOf(door).outputs)).join('\n');

    expect(inputs).toMatch(new RegExp(`lambdas/${door}/handler\\.ts`));
    expect(inputs).not.toMatch(
      /aws-xray-sdk|powertools\/tracer|tiktoken|node_modules\/zod|credential-provider-(?:ini|sso|process|node\/)/,
    );
  });

  it('ships no source maps', () => {
    const names = Object.keys(metafileOf(door).outputs);

    expect(names.filter((name) => !/\.mjs$/.test(name))).toEqual([]);
  });
});

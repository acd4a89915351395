import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const run = promisify(execFile);
const root = new URL('../../..', import.meta.url).pathname;
const TREE = ['bin', 'lib', 'lambdas', 'package.json', 'biome.json', 'tsconfig.json', 'knip.json'];

/** A file that breaks one rule of the house, and the rule that must see it. */
interface Violation {
  readonly file: string;
  readonly source: string;
  readonly rule: string;
}

const IMPORTS = 'noRestrictedImports';

const violations: readonly Violation[] = [
  { file: 'lambdas/core/quota/a.ts', source: "import 'valibot';", rule: IMPORTS },
  { file: 'lambdas/core/quota/b.ts', source: "import '#adapters/x.ts';", rule: IMPORTS },
  { file: 'lambdas/core/quota/c.ts', source: "import 'node:fs';", rule: 'noNodejsModules' },
  {
    file: 'lambdas/core/quota/d.ts',
    source: 'export const now = Date;',
    rule: 'noRestrictedGlobals',
  },
  {
    file: 'lambdas/core/quota/e.ts',
    source: "import type {} from '../../runtime/env.ts';",
    rule: IMPORTS,
  },
  { file: 'lambdas/adapters/sqs/f.ts', source: "import '#runtime/env.ts';", rule: IMPORTS },
  {
    file: 'lambdas/adapters/sqs/g.ts',
    source: "import '../../gateway/gateway.ts';",
    rule: IMPORTS,
  },
  { file: 'lambdas/adapters/sqs/h.ts', source: "import 'constructs';", rule: IMPORTS },
  { file: 'lambdas/runtime/i.ts', source: "import '#adapters/x.ts';", rule: IMPORTS },
  { file: 'lambdas/runtime/j.ts', source: "import '../gateway/gateway.ts';", rule: IMPORTS },
  { file: 'lambdas/gateway/k.ts', source: "import '../authorizer/authorizer.ts';", rule: IMPORTS },
  { file: 'lambdas/gateway/l.ts', source: "import 'aws-cdk-lib';", rule: IMPORTS },
  {
    file: 'lambdas/gateway/m.ts',
    source: "export const l = () => import('../../lib/x.ts');",
    rule: IMPORTS,
  },
  {
    file: 'lambdas/gateway/parse/n.ts',
    source: "import '../../authorizer/authorizer.ts';",
    rule: IMPORTS,
  },
  { file: 'lambdas/gateway/o.ts', source: 'export const e = process.env;', rule: 'noProcessEnv' },
  { file: 'lambdas/gateway/p.ts', source: 'console.log(1);', rule: 'noConsole' },
  { file: 'lambdas/planted/contract.ts', source: "import '#adapters/x.ts';", rule: IMPORTS },
  { file: 'lib/gateway/q.ts', source: "import '../../lambdas/gateway/gateway.ts';", rule: IMPORTS },
  {
    file: 'lib/gateway/r.ts',
    source: "import type {} from '#core/quota/limits.ts';",
    rule: IMPORTS,
  },
  { file: 'bin/local/s.ts', source: "import 'aws-cdk-lib';", rule: IMPORTS },
  { file: 'bin/local/t.ts', source: "import '../../lib/gateway/gateway.ts';", rule: IMPORTS },
  {
    file: 'lambdas/gateway/u.ts',
    source: 'const f = async () => 1;\nexport const g = () => { f(); };',
    rule: 'noFloatingPromises',
  },
  {
    file: 'lambdas/gateway/v.ts',
    source: "import './w.ts';\nexport const v = 1;",
    rule: 'noImportCycles',
  },
  {
    file: 'lambdas/gateway/w.ts',
    source: "import './v.ts';\nexport const w = 1;",
    rule: 'noImportCycles',
  },
];

const allowed: readonly Omit<Violation, 'rule'>[] = [
  { file: 'lambdas/core/quota/ok.ts', source: "import '../failures/failure.ts';\n" },
  { file: 'lambdas/adapters/sqs/ok.ts', source: "import '#core/failures/failure.ts';\n" },
  { file: 'lambdas/gateway/ok.ts', source: "import '../authorizer/contract.ts';\n" },
  { file: 'lib/gateway/ok.ts', source: "import '../../lambdas/gateway/contract.ts';\n" },
];

let tree: string;

async function plant(file: string, source: string): Promise<void> {
  await mkdir(dirname(join(tree, file)), { recursive: true });
  await writeFile(join(tree, file), `${source}\n`);
}

/** Runs a tool that is expected to complain, and gives what it said. */
async function output(tool: string, args: readonly string[]): Promise<string> {
  try {
    const { stdout } = await run(join(root, 'node_modules/.bin', tool), args, {
      cwd: tree,
      maxBuffer: 64 * 1024 * 1024,
    });
    return stdout;
  } catch (failure) {
    return (failure as { stdout: string }).stdout;
  }
}

beforeAll(async () => {
  tree = await mkdtemp(join(tmpdir(), 'fences-'));
  for (const part of TREE) await cp(join(root, part), join(tree, part), { recursive: true });
  await symlink(join(root, 'node_modules'), join(tree, 'node_modules'));
});

afterAll(() => rm(tree, { recursive: true, force: true }));

describe('the fence of imports', () => {
  let findings: { category: string; path: string }[];

  beforeAll(async () => {
    for (const { file, source } of [...violations, ...allowed]) await plant(file, source);
    const files = [...violations, ...allowed].map(({ file }) => file);
    const report = await output('biome', [
      'lint',
      '--reporter=json',
      '--max-diagnostics=none',
      ...files,
    ]);
    findings = (
      JSON.parse(report) as {
        diagnostics: { category: string; location: { path: string | { file: string } } }[];
      }
    ).diagnostics.map(({ category, location }) => ({
      category,
      path: typeof location.path === 'string' ? location.path : location.path.file,
    }));
  });

  it.each(violations)('$rule stops $file', ({ file, rule }) => {
    const seen = findings.filter((finding) => finding.path.endsWith(file));

    expect(seen.map((finding) => finding.category.split('/').at(-1))).toContain(rule);
  });

  it.each(allowed)('lets $file be', ({ file }) => {
    const seen = findings.filter((finding) => finding.path.endsWith(file));

    expect(seen.filter((finding) => finding.category.endsWith(IMPORTS))).toEqual([]);
  });
});

describe('the fence around core', () => {
  it('lets the compiler refuse whatever the host offers', { timeout: 60_000 }, async () => {
    const hostNames = ['process', 'fetch', 'Buffer', 'console', 'setTimeout', 'crypto', 'URL'];
    for (const name of hostNames)
      await plant(`lambdas/core/planted/${name}.ts`, `export const x = ${name};`);
    await plant('lambdas/core/planted/outside.ts', "import '../../runtime/env.ts';");

    const said = await output('tsc', ['-p', 'lambdas/core']);

    for (const name of hostNames)
      expect(said).toMatch(new RegExp(`planted/${name}\\.ts.*error TS`));
    expect(said).toContain('TS6059');
  });
});

describe('the fence against dead code', () => {
  it('sees a file and an export that nobody uses', { timeout: 60_000 }, async () => {
    await plant('lambdas/core/time/nobody.ts', 'export const nobody = 1;');
    await writeFile(
      join(tree, 'lambdas/core/time/clock.ts'),
      'export interface Clock {}\nexport const unused = 1;\n',
    );

    const said = await output('knip', ['--no-progress']);

    expect(said).toContain('lambdas/core/time/nobody.ts');
    expect(said).toMatch(/unused\s+.*clock\.ts/);
  });
});

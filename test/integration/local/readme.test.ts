import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ObservedPlatform, startLocal } from '../../support/local-platform.ts';

const run = promisify(execFile);
const root = fileURLToPath(new URL('../../..', import.meta.url));
const PRINTED_URL = 'http://127.0.0.1:8787';

let platform: ObservedPlatform;
let folder: string;
let readme: string;

/** The blocks of one language, as printed but for the address. */
const blocks = (language: string): readonly string[] =>
  [...readme.matchAll(new RegExp(`\`\`\`${language}\\n(.*?)\`\`\``, 'gs'))].map(([, block = '']) =>
    block.replaceAll(PRINTED_URL, platform.url),
  );

async function runScript(source: string): Promise<string> {
  const file = join(folder, 'example.mjs');
  await writeFile(file, source);
  return (await run(process.execPath, [file])).stdout;
}

beforeAll(async () => {
  platform = await startLocal();
  readme = await readFile(join(root, 'README.md'), 'utf8');
  folder = await mkdtemp(join(tmpdir(), 'readme-'));
  await symlink(join(root, 'node_modules'), join(folder, 'node_modules'));
});

afterAll(async () => {
  await platform.close();
  await rm(folder, { recursive: true, force: true });
});

describe('the README, as printed', () => {
  it('streams to curl', async () => {
    const curl = blocks('sh').find((block) => block.startsWith('curl'));

    const { stdout } = await run('sh', ['-c', curl ?? 'false']);

    expect(stdout).toMatch(/^data: \{.*"role":"assistant"/);
    expect(stdout).toMatch(/data: \[DONE\]\n\n$/);
  });

  it('answers and redacts for the openai SDK', async () => {
    const [chat] = blocks('js');

    const output = await runScript(chat ?? '');

    expect(output).toContain('[EMAIL]');
    expect(output).toContain('[PAYMENT_CARD]');
    expect(output).toContain('[IBAN]');
  });

  it('holds a tenant to its limit', async () => {
    const [, budget] = blocks('js');

    const output = await runScript(budget ?? '');

    expect(output).toMatch(/^1 answered$/m);
    expect(output).toMatch(
      /^6 429 rate_limit_exceeded 429 the tenant's limit of 5 requests a minute/m,
    );
  });

  it('shows usage to the CLI', async () => {
    const ballast = blocks('sh').find((block) => block.startsWith('npx ballast --key'));
    const args = (ballast ?? '').trim().split(' ').slice(2);

    const { stdout } = await run(process.execPath, [join(root, 'bin/ballast.js'), ...args], {
      env: { ...process.env, BALLAST_URL: platform.url },
    });

    expect(stdout).toContain('tokens');
  });

  it('names only files that are there', async () => {
    const links = [...readme.matchAll(/\]\((?!https?:)([^)#]+)\)/g)].map(([, path = '']) => path);

    await Promise.all(links.map((path) => run('test', ['-e', join(root, path)])));
    expect(links.length).toBeGreaterThan(5);
  });
});

import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { synthesize } from '../../support/synthesized.ts';

const run = promisify(execFile);

/** Outside the repository's files, and kept between runs. */
const HOME = fileURLToPath(new URL('../../../node_modules/.cache/cfn-lint', import.meta.url));
const CFN_LINT = join(HOME, 'bin', 'cfn-lint');

/** CDK writes dependencies twice (W3005) and cannot know the zones of a region (W3010). */
const IGNORED = ['W3005', 'W3010'];

/** @returns why it cannot be had, if it cannot. */
async function install(): Promise<string | undefined> {
  if (existsSync(CFN_LINT)) return undefined;
  try {
    await run('python3', ['-m', 'venv', HOME], { timeout: 120_000 });
    await run(join(HOME, 'bin', 'pip'), ['install', '--quiet', 'cfn-lint'], { timeout: 240_000 });
    return undefined;
  } catch (thrown) {
    return (thrown as Error).message.split('\n', 1)[0];
  }
}

it('cfn-lint, a second opinion from AWS, finds nothing in either profile', {
  timeout: 420_000,
}, async ({ skip }) => {
  const missing = await install();
  if (missing !== undefined) skip(`SKIPPED: cfn-lint cannot be had here (${missing})`);
  const folder = await mkdtemp(join(tmpdir(), 'templates-'));
  const files: string[] = [];
  for (const profile of ['dev', 'prod']) {
    const { data, gateway } = synthesize(`config/${profile}.json`);
    for (const [name, template] of Object.entries({ data, gateway })) {
      const file = join(folder, `${profile}-${name}.json`);
      await writeFile(file, JSON.stringify(template.toJSON()));
      files.push(file);
    }
  }

  const { stdout } = await run(CFN_LINT, ['--ignore-checks', ...IGNORED, '--', ...files]).catch(
    (failure: { stdout: string }) => failure,
  );

  await rm(folder, { recursive: true, force: true });
  expect(stdout).toBe('');
});

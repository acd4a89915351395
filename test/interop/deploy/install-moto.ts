import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { copyFile, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);

const REQUIREMENTS = fileURLToPath(new URL('requirements.txt', import.meta.url));
/** Outside the repository's files, and kept between runs. */
const HOME = fileURLToPath(new URL('../../../node_modules/.cache/deploy-check', import.meta.url));
const LONGEST_DOWNLOAD_MS = 240_000;

/**
 * The folder with the programs of moto and a Python that knows boto3; installed when they are not
 * there yet, or are of other versions than `requirements.txt` says.
 *
 * @throws Error saying in one line why it cannot be had.
 */
export async function installMoto(): Promise<string> {
  const programs = join(HOME, 'bin');
  const stamp = join(HOME, 'requirements.txt');
  const wanted = await readFile(REQUIREMENTS, 'utf8');
  if (existsSync(stamp) && (await readFile(stamp, 'utf8')) === wanted) return programs;
  try {
    await rm(HOME, { recursive: true, force: true });
    await run('python3', ['-m', 'venv', HOME], { timeout: 120_000 });
    await run(join(programs, 'pip'), ['install', '--quiet', '--requirement', REQUIREMENTS], {
      timeout: LONGEST_DOWNLOAD_MS,
    });
    await copyFile(REQUIREMENTS, stamp);
  } catch (cause) {
    const [reason] = (cause as Error).message.split('\n', 1);
    throw new Error(`moto cannot be had here (${reason})`, { cause });
  }
  return programs;
}

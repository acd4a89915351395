import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const HERE = fileURLToPath(new URL('.', import.meta.url));
const CACHE = fileURLToPath(
  new URL('../../../node_modules/.cache/dynamodb-local/', import.meta.url),
);
const POM = join(HERE, 'pom.xml');
/** 50 MB from Maven Central, once. */
const LONGEST_DOWNLOAD_MS = 300_000;

/**
 * The folder with DynamoDB Local and everything it needs, its native libraries among them; fetched
 * by Maven when it is not there yet, or was fetched for another pom.
 *
 * @throws Error saying in one line why it cannot be had.
 */
export async function fetchDynamodbLocal(): Promise<string> {
  const pom = await readFile(POM, 'utf8');
  const folder = join(CACHE, 'lib');
  const stamp = join(folder, 'pom.xml');
  if (existsSync(stamp) && (await readFile(stamp, 'utf8')) === pom) return folder;
  const arriving = join(CACHE, `arriving-${process.pid}`);
  await mkdir(CACHE, { recursive: true });
  try {
    await copyDependencies(arriving);
    await writeFile(join(arriving, 'pom.xml'), pom);
    await rm(folder, { recursive: true, force: true });
    await rename(arriving, folder);
  } finally {
    await rm(arriving, { recursive: true, force: true });
  }
  return folder;
}

function copyDependencies(folder: string): Promise<void> {
  const goal = ['--batch-mode', '--file', POM, 'dependency:copy-dependencies'];
  const options = [`-DoutputDirectory=${folder}`, '-DincludeScope=runtime'];
  return new Promise((resolve, reject) => {
    execFile(
      'mvn',
      [...goal, ...options],
      { timeout: LONGEST_DOWNLOAD_MS, maxBuffer: 64 * 1024 * 1024 },
      (error, stdout) => {
        if (error === null) resolve();
        else reject(new Error(reasonOf(error, stdout), { cause: error }));
      },
    );
  });
}

function reasonOf(error: Error & { code?: unknown; killed?: boolean }, stdout: string): string {
  if (error.code === 'ENOENT') return 'mvn is not installed';
  if (error.killed === true) return `maven took longer than ${LONGEST_DOWNLOAD_MS / 1000} s`;
  const line = stdout.split('\n').find((text) => text.includes('ERROR'));
  return `maven could not fetch DynamoDB Local: ${line ?? error.message}`;
}

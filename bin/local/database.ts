import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
// biome-ignore lint/correctness/noUnresolvedImports: a CommonJS package, whose names Biome does not see
import { ClassicLevel } from 'classic-level';
import dynalite from 'dynalite';

/** DynamoDB in this process: on disk under the data folder, or in memory. */
export interface Database {
  /** `http://127.0.0.1:…`; for `AWS_ENDPOINT_URL_DYNAMODB`. */
  readonly endpoint: string;
  close(): Promise<void>;
}

/**
 * @param dataFolder where tables are kept; undefined keeps them in memory.
 * @throws Error when the folder is damaged or in use, naming the way out.
 */
export async function startDatabase(dataFolder: string | undefined): Promise<Database> {
  const path = dataFolder === undefined ? undefined : join(dataFolder, 'dynamodb');
  if (path !== undefined) await checkStore(path);
  const server = dynalite({ createTableMs: 0, ...(path === undefined ? {} : { path }) });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    endpoint: `http://127.0.0.1:${port}`,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

/** Dynalite opens its store behind our back and only hangs when it cannot: so ask first. */
async function checkStore(path: string): Promise<void> {
  const store = new ClassicLevel(path);
  try {
    await store.open();
    await store.close();
  } catch (cause) {
    throw new Error(reasonOf(cause, path), { cause });
  }
}

function reasonOf(thrown: unknown, path: string): string {
  const code = ((thrown as Error).cause as { code?: string } | undefined)?.code;
  return code === 'LEVEL_LOCKED'
    ? `the data folder ${path} is in use by another process; stop that one, or start with --memory or --data <folder>`
    : `the data folder ${path} cannot be opened (${causeOf(thrown)}); move it away, or start with --memory or --data <folder>`;
}

const causeOf = (thrown: unknown): string =>
  thrown instanceof Error
    ? ((thrown.cause as Error | undefined)?.message ?? thrown.message)
    : String(thrown);

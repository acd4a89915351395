import { readFileSync } from 'node:fs';
import * as v from 'valibot';
import { type PlatformFile, platformFileSchema } from './contract.ts';

/**
 * Reads and checks the platform file, relative to the function's root.
 *
 * @throws Error naming the file, the path inside it and what was expected there.
 */
export function loadPlatformFile(path: string): PlatformFile {
  return parsePlatformFile(JSON.parse(readFileSync(path, 'utf8')), path);
}

function parsePlatformFile(value: unknown, source: string): PlatformFile {
  const result = v.safeParse(platformFileSchema, value);
  if (result.success) return result.output;
  const issue = result.issues[0];
  throw new Error(`${source}: ${v.getDotPath(issue) ?? '(root)'}: ${issue.message}`);
}

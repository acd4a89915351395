import { Failure } from '#core/failures/failure.ts';
import type { HttpRequest } from '#runtime/http.ts';

const ENTITY_TAG = /^(?:W\/)?"?(\d{1,15})"?$/;

/** The answer header that `if-match` wants back. */
export const entityTag = (version: number): Readonly<Record<string, string>> => ({
  etag: `"${version}"`,
});

/**
 * The version a change was made against, from the body or `if-match`.
 *
 * @throws Failure when it is given nowhere, twice differently, or is no version.
 */
export function versionRead(request: HttpRequest, inBody: number | undefined): number {
  const header = request.headers['if-match'];
  const [, digits] = ENTITY_TAG.exec(header ?? '') ?? [];
  if (header !== undefined && digits === undefined) {
    throw new Failure('invalid_value', `if-match must be a version such as "3", got '${header}'`);
  }
  const inHeader = digits === undefined ? undefined : Number(digits);
  if (inBody !== undefined && inHeader !== undefined && inBody !== inHeader) {
    throw new Failure(
      'invalid_value',
      `the body names version ${inBody} and if-match version ${inHeader}; send one of them`,
      { param: 'version' },
    );
  }
  const version = inBody ?? inHeader;
  if (version === undefined) {
    throw new Failure(
      'invalid_value',
      'version is missing; send the version you read, in the body or as if-match',
      { param: 'version' },
    );
  }
  return version;
}

export const versionConflict = (what: string, stored: number, read: number): Failure =>
  new Failure(
    'conflict',
    `${what} is at version ${stored}, the change was made against version ${read}; read it again and repeat the change`,
    { param: 'version' },
  );

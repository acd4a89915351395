import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import {
  type CryptoKey,
  calculateJwkThumbprint,
  exportJWK,
  generateKeyPair,
  importJWK,
  type JWK,
} from 'jose';

/** The RS256 key pair of the local issuer. */
export interface SigningKey {
  /** The key's own thumbprint (RFC 7638). */
  readonly kid: string;
  readonly privateKey: CryptoKey;
  readonly publicJwk: JWK;
}

/**
 * The key kept under the data folder, made at the first start; without a folder a new one.
 *
 * @throws Error when the kept key cannot be read, naming the way out.
 */
export async function loadSigningKey(dataFolder: string | undefined): Promise<SigningKey> {
  if (dataFolder === undefined) return toSigningKey(await generate());
  const path = join(dataFolder, 'issuer', 'signing-key.json');
  const kept = await readIfThere(path);
  if (kept !== undefined) return parse(kept, path);
  const jwk = await generate();
  await write(path, JSON.stringify(jwk));
  return toSigningKey(jwk);
}

async function generate(): Promise<JWK> {
  const { privateKey } = await generateKeyPair('RS256', { extractable: true });
  return exportJWK(privateKey);
}

async function toSigningKey(jwk: JWK): Promise<SigningKey> {
  const { kty, n, e, d } = jwk;
  if (kty !== 'RSA' || n === undefined || e === undefined || d === undefined) {
    throw new Error('not a private RSA key');
  }
  const kid = await calculateJwkThumbprint({ kty, n, e });
  return {
    kid,
    privateKey: (await importJWK(jwk, 'RS256')) as CryptoKey,
    publicJwk: { kty, n, e, kid, use: 'sig', alg: 'RS256' },
  };
}

async function parse(kept: string, path: string): Promise<SigningKey> {
  try {
    return await toSigningKey(JSON.parse(kept) as JWK);
  } catch (cause) {
    throw new Error(
      `${path} holds no signing key; delete it to have a new one made, or start with --memory`,
      { cause },
    );
  }
}

async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw thrown;
  }
}

/** Whole or not at all, and for nobody else's eyes. */
async function write(path: string, text: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const unfinished = `${path}.${process.pid}`;
  await writeFile(unfinished, text, { mode: 0o600 });
  await rename(unfinished, path);
}

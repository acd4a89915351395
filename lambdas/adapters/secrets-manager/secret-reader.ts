import type { SecretsManagerClientConfig } from '@aws-sdk/client-secrets-manager';
import { type Clock, HOUR_MS } from '#core/time/clock.ts';

/** How long a secret is used before it is read again. */
const FRESH_MS = 5 * 60_000;
/** How long the last good value serves while the store does not answer. */
const LAST_GOOD_MS = HOUR_MS;
/** How long a store that did not answer is left alone while there is a last good value. */
const PAUSE_MS = 30_000;
/** Of each of two tries; the request that waits has its own deadline. */
const REQUEST_TIMEOUT_MS = 1_500;

export interface SecretReaderParts {
  /** ARN or name of a Secrets Manager secret whose whole text is the value. */
  readonly secretArn: string;
  readonly clock: Pick<Clock, 'nowMs'>;
  /** @default AWS Secrets Manager, its SDK loaded at the first read */
  readonly fetch?: (secretArn: string) => Promise<string>;
}

/**
 * Reads one secret when it is needed and keeps it for a while; rejects when it cannot be read and
 * the last good value is older than an hour.
 */
export function createSecretReader({
  secretArn,
  clock,
  fetch = fetchSecret,
}: SecretReaderParts): () => Promise<string> {
  let kept: { readonly value: string; readonly readAtMs: number } | undefined;
  let nextReadAtMs = Number.NEGATIVE_INFINITY;
  return async () => {
    const nowMs = clock.nowMs();
    const usable = kept !== undefined && nowMs - kept.readAtMs < LAST_GOOD_MS;
    if (kept !== undefined && usable && nowMs < nextReadAtMs) return kept.value;
    try {
      kept = { value: await fetch(secretArn), readAtMs: nowMs };
      nextReadAtMs = nowMs + FRESH_MS;
      return kept.value;
    } catch (cause) {
      nextReadAtMs = nowMs + PAUSE_MS;
      if (kept !== undefined && usable) return kept.value;
      throw new Error('the provider key cannot be read from Secrets Manager', { cause });
    }
  };
}

/**
 * The whole text of a secret, from AWS Secrets Manager; each of two tries may take
 * `requestTimeoutMs`.
 *
 * @throws Error when it cannot be read, or holds no text.
 */
export async function fetchSecret(
  secretArn: string,
  settings: SecretsManagerClientConfig = {},
  requestTimeoutMs = REQUEST_TIMEOUT_MS,
): Promise<string> {
  const { GetSecretValueCommand, SecretsManagerClient } = await import(
    '@aws-sdk/client-secrets-manager'
  );
  const client = new SecretsManagerClient({
    maxAttempts: 2,
    requestHandler: {
      connectionTimeout: 1_000,
      requestTimeout: requestTimeoutMs,
      // Without it the handler only warns, and waits on.
      throwOnRequestTimeout: true,
    },
    ...settings,
  });
  const { SecretString } = await client.send(new GetSecretValueCommand({ SecretId: secretArn }));
  if (!SecretString) throw new Error('the secret holds no text');
  return SecretString;
}

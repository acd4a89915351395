import { type Clock, HOUR_MS } from '#core/time/clock.ts';

/** How long a secret is used before it is read again. */
const FRESH_MS = 5 * 60_000;
/** How long the last good value serves while the store does not answer. */
const LAST_GOOD_MS = HOUR_MS;

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
  return async () => {
    const nowMs = clock.nowMs();
    if (kept !== undefined && nowMs - kept.readAtMs < FRESH_MS) return kept.value;
    try {
      kept = { value: await fetch(secretArn), readAtMs: nowMs };
      return kept.value;
    } catch (cause) {
      if (kept !== undefined && nowMs - kept.readAtMs < LAST_GOOD_MS) return kept.value;
      throw new Error('the provider key cannot be read from Secrets Manager', { cause });
    }
  };
}

async function fetchSecret(secretArn: string): Promise<string> {
  const { GetSecretValueCommand, SecretsManagerClient } = await import(
    '@aws-sdk/client-secrets-manager'
  );
  const client = new SecretsManagerClient({ maxAttempts: 2 });
  const { SecretString } = await client.send(new GetSecretValueCommand({ SecretId: secretArn }));
  if (!SecretString) throw new Error('the secret holds no text');
  return SecretString;
}

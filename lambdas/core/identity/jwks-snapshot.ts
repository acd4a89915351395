/** An issuer's public keys as they were published, and when. */
export interface KeySetCopy {
  /** Members of a JWK Set's `keys`, public parts only. */
  readonly keys: readonly Readonly<Record<string, unknown>>[];
  /** When the issuer answered with it, in milliseconds since the epoch. */
  readonly fetchedAtMs: number;
}

/**
 * Port. Keeps the last good key set of one issuer outside the process, so that a cold start works
 * while the issuer is down. Rejects when the store cannot answer.
 */
export interface JwksSnapshot {
  load(): Promise<KeySetCopy | undefined>;
  /** Never replaces a newer copy by an older one. */
  save(copy: KeySetCopy): Promise<void>;
}

import { createHash, timingSafeEqual } from 'node:crypto';
import type { Scope } from '#core/identity/caller.ts';

/** Who may ask the local issuer for tokens. */
export interface IssuerClient {
  readonly id: string;
  readonly secret: string;
  /** What it may ask for; all of it, when it asks for nothing in particular. */
  readonly scopes: readonly Scope[];
}

/**
 * The client with this id and secret. Takes as long for a wrong secret as for an unknown id, and for
 * a secret that is wrong in its first character as in its last.
 */
export function findClient(
  clients: readonly IssuerClient[],
  id: string,
  secret: string,
): IssuerClient | undefined {
  const client = clients.find((one) => one.id === id);
  const isRight = timingSafeEqual(digest(client?.secret ?? ''), digest(secret));
  return isRight ? client : undefined;
}

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

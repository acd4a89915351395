import { type Outcome, succeeded } from '../failures/outcome.ts';
import { isoTime } from '../time/iso-time.ts';
import type { Key } from './caller.ts';
import { refuse } from './credential-refusal.ts';

const PREFIX = 'sk-';

/** ISO 8601 in UTC; such times sort as they read. */
const UTC_TIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d+)?Z$/;
const TO_THE_SECOND = 19;

/** Whether a credential is a key rather than a token; any `sk-…` is, and is looked up whole. */
export const isKeySecret = (credential: string): boolean => credential.startsWith(PREFIX);

/** Whether a stored key still opens the door. Expiry is exact to the second, in favour of closed. */
export function judgeKey(key: Key | undefined, nowMs: number): Outcome<Key> {
  if (key === undefined) return refuse('unknown_key');
  if (key.status !== 'active') return refuse('revoked_key', key.id);
  return hasExpired(key.expiresAt, nowMs) ? refuse('expired_key', key.id) : succeeded(key);
}

function hasExpired(expiresAt: string | undefined, nowMs: number): boolean {
  if (expiresAt === undefined) return false;
  // A time nobody can read must not mean "never".
  if (!UTC_TIME.test(expiresAt)) return true;
  return expiresAt.slice(0, TO_THE_SECOND) <= isoTime(nowMs).slice(0, TO_THE_SECOND);
}

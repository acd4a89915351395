import { Failure, type FailureCode } from '#core/failures/failure.ts';

/** What a caller is told when a store behind the door cannot answer. */
const MESSAGES = {
  config_unavailable: 'tenants and keys cannot be reached right now; try again shortly',
  audit_unavailable: 'audit records cannot be reached right now; try again shortly',
  quota_unavailable: 'usage cannot be read right now; try again shortly',
} as const satisfies Partial<Record<FailureCode, string>>;

/** Waits for a store; its rejection becomes the named failure, with the cause kept for the log. */
export async function fromStore<T>(code: keyof typeof MESSAGES, answer: Promise<T>): Promise<T> {
  try {
    return await answer;
  } catch (cause) {
    throw cause instanceof Failure ? cause : new Failure(code, MESSAGES[code], { cause });
  }
}

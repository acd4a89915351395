import { Failure } from '../failures/failure.ts';

/** The caller of a provider changed its mind; says nothing about the provider's health. */
export const callCancelled = (): Failure =>
  new Failure('client_disconnected', 'the call was cancelled before the provider had answered');

/** What came is not an answer; `what` continues the sentence "<provider> …". */
export const invalidAnswer = (provider: string, what: string, cause?: unknown): Failure =>
  new Failure('provider_invalid_response', `${provider} ${what}`, { cause });

/** The provider refuses us, not the caller: only the operator can mend it. */
export const misconfigured = (provider: string, what: string, cause?: unknown): Failure =>
  new Failure(
    'provider_unavailable',
    `${provider} cannot be used as it is configured: ${what}; the operator must correct it`,
    { cause },
  );

/** The stream ended without saying that the answer had. Nothing said yet means nothing to lose. */
export const endedEarly = (provider: string, begun: boolean): Failure =>
  begun
    ? new Failure('stream_truncated', `${provider} ended the stream without finishing its answer`)
    : invalidAnswer(provider, 'ended the stream without an answer');

/**
 * A failure in the midst of a stream. Before the first word it is what it is, so that another target
 * may answer; after that the answer has been interrupted, whatever the reason.
 */
export const interrupted = (failure: Failure, begun: boolean): Failure =>
  begun && failure.code !== 'client_disconnected' && failure.code !== 'stream_truncated'
    ? new Failure('stream_interrupted', failure.message, { cause: failure })
    : failure;

const TOO_LONG =
  /context[ _-]?(?:length|window|size|limit)|(?:input|prompt) (?:is|was) too (?:long|large)|too many (?:input |prompt |total )?tokens|exceed\w* the (?:maximum|model).{0,40}tokens|maximum (?:input )?tokens.{0,40}exceed/i;

/** Does a provider's refusal say that prompt and answer do not fit into the model? */
export const saysTooLong = (message: string): boolean => TOO_LONG.test(message);

const LONGEST_WAIT_MS = 86_400_000;

/**
 * How long a provider asks to wait, from `retry-after-ms` or `retry-after` in seconds; at most a day.
 *
 * @see https://www.rfc-editor.org/rfc/rfc9110#field.retry-after
 */
export function retryAfterMs(
  headers: Readonly<Record<string, string | readonly string[] | undefined>>,
): number | undefined {
  return waitMs(headers['retry-after-ms'], 1) ?? waitMs(headers['retry-after'], 1000);
}

function waitMs(value: unknown, unitMs: number): number | undefined {
  if (typeof value !== 'string' || !/^\s*\d+(?:\.\d+)?\s*$/.test(value)) return undefined;
  return Math.min(Math.ceil(Number(value) * unitMs), LONGEST_WAIT_MS);
}

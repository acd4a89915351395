import { type Failure, failurePolicies } from '#core/failures/failure.ts';
import type { HttpResponder } from './http.ts';

/** A longer wait is told in the message: some clients sleep for whatever `retry-after` says. */
const LONGEST_RETRY_AFTER_MS = 60_000;

/**
 * The error object of the OpenAI API, all four members always present.
 *
 * @see https://platform.openai.com/docs/api-reference/errors
 */
export function errorBody(failure: Failure): {
  readonly error: {
    readonly message: string;
    readonly type: string;
    readonly param: string | null;
    readonly code: string;
  };
} {
  return {
    error: {
      message: failure.message,
      type: failurePolicies[failure.code].type,
      param: failure.param ?? null,
      code: failure.code,
    },
  };
}

/** The headers that tell an SDK whether and when to try again. */
function errorHeaders(failure: Failure): Record<string, string> {
  const headers: Record<string, string> = {
    'content-type': 'application/json',
    'x-should-retry': String(failurePolicies[failure.code].clientMayRetry),
  };
  const waitMs = failure.retryAfterMs;
  if (waitMs !== undefined && waitMs <= LONGEST_RETRY_AFTER_MS) {
    headers['retry-after'] = String(Math.ceil(waitMs / 1000));
    headers['retry-after-ms'] = String(Math.ceil(waitMs));
  }
  return headers;
}

export async function respondWithFailure(
  responder: HttpResponder,
  failure: Failure,
  headers: Readonly<Record<string, string>>,
): Promise<void> {
  responder.start(failurePolicies[failure.code].status, { ...headers, ...errorHeaders(failure) });
  await responder.end(JSON.stringify(errorBody(failure)));
}

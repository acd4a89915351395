import type { ChatRequest } from '#core/chat/chat-request.ts';
import {
  callCancelled,
  invalidAnswer,
  misconfigured,
  retryAfterMs,
  saysTooLong,
} from '#core/chat/provider-failures.ts';
import { providerMessage } from '#core/chat/provider-message.ts';
import { Failure } from '#core/failures/failure.ts';
import type { Cancellation } from '#core/time/cancellation.ts';

interface ExceptionContext {
  readonly request: ChatRequest;
  readonly cancellation: Cancellation;
  /** Had the answer's stream been opened? What then has no name is a malformed event. */
  readonly opened: boolean;
}

type Kind = 'throttled' | 'unavailable' | 'timeout' | 'refused' | 'misconfigured' | 'invalid';

/** @see https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html#API_runtime_Converse_Errors */
const KINDS: ReadonlyMap<string, Kind> = new Map([
  ['ThrottlingException', 'throttled'],
  ['ServiceQuotaExceededException', 'throttled'],
  ['ModelNotReadyException', 'unavailable'],
  ['ModelTimeoutException', 'timeout'],
  ['ModelStreamErrorException', 'unavailable'],
  ['ModelErrorException', 'unavailable'],
  ['InternalServerException', 'unavailable'],
  ['ServiceUnavailableException', 'unavailable'],
  ['ValidationException', 'refused'],
  ['AccessDeniedException', 'misconfigured'],
  ['ResourceNotFoundException', 'misconfigured'],
  ['UnrecognizedClientException', 'misconfigured'],
  ['InvalidSignatureException', 'misconfigured'],
  ['ExpiredTokenException', 'misconfigured'],
  ['CredentialsProviderError', 'misconfigured'],
  ['TokenProviderError', 'misconfigured'],
  ['SyntaxError', 'invalid'],
]);

/** Validation errors that only the operator can mend. */
const WRONG_TARGET =
  /model identifier is invalid|on-demand throughput|inference profile|model (?:id|arn)\b|access to (?:the|this) model/i;

/** What an exception of the SDK, thrown by the call or within its stream, means. */
export function failureOfException(thrown: unknown, context: ExceptionContext): Failure {
  if (context.cancellation.cancelled) return callCancelled();
  const exception = readException(thrown);
  const { name } = exception;
  const said = providerMessage(exception.message, context.request);
  const because = said === undefined ? name : `${said} (${name})`;
  switch (kindOf(exception, context.opened)) {
    case 'throttled':
      return new Failure('provider_throttled', `bedrock allows no more requests now: ${because}`, {
        cause: thrown,
        ...(exception.retryAfterMs === undefined ? {} : { retryAfterMs: exception.retryAfterMs }),
      });
    case 'timeout':
      return new Failure('provider_timeout', `bedrock's model took too long: ${because}`, {
        cause: thrown,
      });
    case 'misconfigured':
      return misconfigured('bedrock', name, thrown);
    case 'invalid':
      return invalidAnswer('bedrock', `sent something that is not an answer (${name})`, thrown);
    case 'refused':
      return refusal(exception.message, because, thrown);
    case 'unavailable':
      return new Failure('provider_unavailable', `bedrock failed: ${because}`, { cause: thrown });
  }
}

function refusal(message: string, because: string, cause: unknown): Failure {
  const tooLong = saysTooLong(message);
  return new Failure(
    tooLong ? 'context_length_exceeded' : 'provider_rejected',
    `bedrock refused the request: ${because}`,
    tooLong ? { param: 'messages', cause } : { cause },
  );
}

interface Exception {
  readonly name: string;
  readonly message: string;
  readonly status: number | undefined;
  readonly retryAfterMs: number | undefined;
}

function kindOf({ name, message, status }: Exception, opened: boolean): Kind {
  if (status !== undefined && status >= 500) return 'unavailable';
  if (opened && name === 'Error') return 'invalid';
  const kind = KINDS.get(name) ?? kindOfStatus(status);
  return kind === 'refused' && WRONG_TARGET.test(message) ? 'misconfigured' : kind;
}

function kindOfStatus(status: number | undefined): Kind {
  if (status === 429) return 'throttled';
  if (status === 401 || status === 403 || status === 404) return 'misconfigured';
  if (status !== undefined && status >= 400) return 'refused';
  return status === undefined ? 'unavailable' : 'invalid';
}

/** The SDK's classes are told by their names, so that this file does not load the SDK. */
function readException(thrown: unknown): Exception {
  const error = thrown instanceof Error ? thrown : new Error('something that is not an error');
  const response: unknown = '$response' in error ? error.$response : undefined;
  const { statusCode, headers } = (response ?? {}) as {
    statusCode?: number;
    headers?: Record<string, string>;
  };
  const code = 'code' in error && typeof error.code === 'string' ? error.code : undefined;
  return {
    name: code ?? error.name,
    message: code === undefined ? error.message : '',
    status: statusCode,
    retryAfterMs: retryAfterMs(headers ?? {}),
  };
}

/** Everything that can go wrong, by name. A code without a policy does not compile. */
export type FailureCode =
  | 'invalid_json'
  | 'invalid_value'
  | 'unsupported_parameter'
  | 'unsupported_media_source'
  | 'context_length_exceeded'
  | 'reservation_too_large'
  | 'content_policy_violation'
  | 'invalid_api_key'
  | 'token_expired'
  | 'insufficient_scope'
  | 'tenant_suspended'
  | 'model_not_found'
  | 'not_found'
  | 'method_not_allowed'
  | 'conflict'
  | 'request_too_large'
  | 'rate_limit_exceeded'
  | 'concurrency_exceeded'
  | 'insufficient_quota'
  | 'provider_rejected'
  | 'provider_throttled'
  | 'provider_unavailable'
  | 'provider_invalid_response'
  | 'provider_timeout'
  | 'circuit_open'
  | 'stream_truncated'
  | 'stream_interrupted'
  | 'deadline_exceeded'
  | 'price_unknown'
  | 'quota_unavailable'
  | 'audit_unavailable'
  | 'guardrail_unavailable'
  | 'auth_unavailable'
  | 'config_unavailable'
  | 'client_disconnected'
  | 'internal_error';

/** The `error.type` strings of the OpenAI API. */
export type ErrorType =
  | 'invalid_request_error'
  | 'authentication_error'
  | 'permission_error'
  | 'not_found_error'
  | 'rate_limit_error'
  | 'insufficient_quota'
  | 'server_error';

export interface FailurePolicy {
  /** HTTP status while none has been sent; only those an OpenAI SDK has a class for. */
  readonly status: number;
  readonly type: ErrorType;
  readonly blame: 'caller' | 'provider' | 'platform';
  /** May the client send the same request again? Sent as `x-should-retry`. */
  readonly clientMayRetry: boolean;
  /** May the gateway go on to the next target? */
  readonly nextTarget: boolean;
}

const caller = (
  status: number,
  type: ErrorType = 'invalid_request_error',
  clientMayRetry = false,
) => ({ status, type, blame: 'caller', clientMayRetry, nextTarget: false }) as const;

const provider = (status: number, nextTarget: boolean) =>
  ({
    status,
    type: 'server_error',
    blame: 'provider',
    clientMayRetry: nextTarget,
    nextTarget,
  }) as const;

const platform = (status: number, clientMayRetry = true) =>
  ({ status, type: 'server_error', blame: 'platform', clientMayRetry, nextTarget: false }) as const;

/** @see https://platform.openai.com/docs/guides/error-codes for the statuses and types. */
export const failurePolicies = {
  invalid_json: caller(400),
  invalid_value: caller(400),
  unsupported_parameter: caller(400),
  unsupported_media_source: caller(400),
  context_length_exceeded: caller(400),
  reservation_too_large: caller(400),
  content_policy_violation: caller(400),
  invalid_api_key: caller(401, 'authentication_error'),
  token_expired: caller(401, 'authentication_error'),
  insufficient_scope: caller(403, 'permission_error'),
  tenant_suspended: caller(403, 'permission_error'),
  model_not_found: caller(404, 'not_found_error'),
  not_found: caller(404, 'not_found_error'),
  method_not_allowed: caller(404, 'invalid_request_error'),
  conflict: caller(409, 'invalid_request_error'),
  request_too_large: caller(413),
  rate_limit_exceeded: caller(429, 'rate_limit_error', true),
  concurrency_exceeded: caller(429, 'rate_limit_error', true),
  insufficient_quota: caller(429, 'insufficient_quota'),
  provider_rejected: {
    status: 400,
    type: 'invalid_request_error',
    blame: 'caller',
    clientMayRetry: false,
    nextTarget: false,
  },
  provider_throttled: provider(503, true),
  provider_unavailable: provider(503, true),
  provider_invalid_response: provider(502, true),
  provider_timeout: provider(504, true),
  circuit_open: provider(503, true),
  // The provider has billed part of an answer: another target would bill, and say, it twice.
  stream_truncated: provider(502, false),
  stream_interrupted: provider(502, false),
  deadline_exceeded: platform(504),
  price_unknown: platform(503, false),
  quota_unavailable: platform(503),
  audit_unavailable: platform(503),
  guardrail_unavailable: platform(503),
  auth_unavailable: platform(503),
  config_unavailable: platform(503),
  // Nobody is there to read it; 408 is what a log reader expects to find.
  client_disconnected: caller(408),
  internal_error: platform(500),
} as const satisfies Record<FailureCode, FailurePolicy>;

interface FailureDetails extends ErrorOptions {
  /** The request field at fault, as a path: `messages[2].content`. Sent as `error.param`. */
  readonly param?: string;
  /** How long the caller should wait; sent as `retry-after` only when at most 60 s. */
  readonly retryAfterMs?: number;
}

/**
 * A failure the platform names. Its message reaches the client: lower case, what was wrong, the
 * value received, the way out; never prompt text, keys or stack traces.
 */
export class Failure extends Error {
  override readonly name = 'Failure';
  readonly code: FailureCode;
  readonly param: string | undefined;
  readonly retryAfterMs: number | undefined;

  constructor(code: FailureCode, message: string, details: FailureDetails = {}) {
    super(message, details);
    this.code = code;
    this.param = details.param;
    this.retryAfterMs = details.retryAfterMs;
  }
}

/** Anything caught at a door, as a failure: what nobody named is a bug, and says nothing of itself. */
export function toFailure(thrown: unknown): Failure {
  if (thrown instanceof Failure) return thrown;
  return new Failure(
    'internal_error',
    'the platform failed unexpectedly; quote the x-request-id when reporting it',
    { cause: thrown },
  );
}

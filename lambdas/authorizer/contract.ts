import { defineEnv, list, optional, text, url } from '#runtime/env.ts';

export const authorizerEnv = defineEnv({
  CONTROL_TABLE_NAME: text,
  /** `iss` of accepted tokens; its discovery document names the key set. Empty: keys only. */
  ISSUER: optional(url),
  /** Accepted `aud` or `client_id` values. */
  AUDIENCES: list,
  /** Claim that names the tenant; empty: by `client_id` in the control table. */
  TENANT_CLAIM: optional(text),
  /** Prefix of a scope in the token: `ballast/`. */
  SCOPE_PREFIX: text,
});

export const authorizerMetrics = {
  /** Credentials refused; dimension `reason`. */
  refusals: 'AuthorizationRefusals',
  /** Credentials that could not be checked; no dimension. */
  unavailable: 'AuthorizationUnavailable',
  /** In milliseconds, while tokens are judged by keys of over an hour's age; no dimension. */
  staleKeysAge: 'JwksStaleAge',
} as const;

/** API Gateway hands the gateway this context: strings only, `caller` is JSON of a Caller. */
export interface AuthorizerContext {
  readonly caller: string;
}

/**
 * What API Gateway says by itself, in the shape of the OpenAI API; used for its gateway responses
 * and by the local server. Messages are static: the cause is in the authorizer's log.
 */
export const edgeErrors = {
  UNAUTHORIZED: {
    status: 401,
    type: 'authentication_error',
    code: 'invalid_api_key',
    message: 'no valid credential: send an `sk-…` key or a JWT as `authorization: Bearer …`',
    retry: false,
  },
  ACCESS_DENIED: {
    status: 403,
    type: 'permission_error',
    code: 'tenant_suspended',
    message: 'this credential may not call the API: its tenant is suspended',
    retry: false,
  },
  AUTHORIZER_FAILURE: {
    status: 503,
    type: 'server_error',
    code: 'auth_unavailable',
    message: 'credentials cannot be checked right now; try again shortly',
    retry: true,
    // The issuer is not asked again before that.
    retryAfterS: 10,
  },
  AUTHORIZER_CONFIGURATION_ERROR: {
    status: 503,
    type: 'server_error',
    code: 'auth_unavailable',
    message: 'credentials cannot be checked right now; try again shortly',
    retry: true,
    // The issuer is not asked again before that.
    retryAfterS: 10,
  },
  MISSING_AUTHENTICATION_TOKEN: {
    status: 404,
    type: 'not_found_error',
    code: 'not_found',
    message: 'no such endpoint: see /openapi.json for those there are',
    retry: false,
  },
  BAD_REQUEST_BODY: {
    status: 400,
    type: 'invalid_request_error',
    code: 'invalid_json',
    message: 'the body is not a JSON object with the fields this endpoint requires',
    retry: false,
  },
  REQUEST_TOO_LARGE: {
    status: 413,
    type: 'invalid_request_error',
    code: 'request_too_large',
    message: 'the body is larger than 4 MB; send large inputs by file',
    retry: false,
  },
  THROTTLED: {
    status: 429,
    type: 'rate_limit_error',
    code: 'rate_limit_exceeded',
    message: 'too many requests for this stage; slow down and try again',
    retry: true,
    retryAfterS: 1,
  },
  QUOTA_EXCEEDED: {
    status: 429,
    type: 'insufficient_quota',
    code: 'insufficient_quota',
    message: 'the usage plan of this stage is used up',
    retry: false,
  },
  INTEGRATION_TIMEOUT: {
    status: 504,
    type: 'server_error',
    code: 'deadline_exceeded',
    message: 'the answer took longer than the API allows',
    retry: true,
  },
  INTEGRATION_FAILURE: {
    status: 503,
    type: 'server_error',
    code: 'internal_error',
    message: 'the platform failed unexpectedly; quote the x-request-id when reporting it',
    retry: true,
  },
  WAF_FILTERED: {
    status: 403,
    type: 'permission_error',
    code: 'request_filtered',
    message: 'the request was refused by the firewall; quote the x-request-id when reporting it',
    retry: false,
  },
  // What has no entry of its own. In effect one thing: where no method is, API Gateway takes the
  // `authorization` header for a signature and finds it incomplete.
  DEFAULT_4XX: {
    status: 404,
    type: 'not_found_error',
    code: 'not_found',
    message: 'no such endpoint: see /openapi.json for those there are',
    retry: false,
  },
  DEFAULT_5XX: {
    status: 503,
    type: 'server_error',
    code: 'internal_error',
    message: 'the platform failed unexpectedly; quote the x-request-id when reporting it',
    retry: true,
  },
} as const;

/** The doors that API Gateway opens; each is one function. */
export type DoorName = 'gateway' | 'guardrail' | 'governance' | 'portal';

/** One method of one path, as API Gateway knows it: `{id}` is one segment, `{id+}` the rest. */
export interface Endpoint {
  readonly method: 'GET' | 'HEAD' | 'POST' | 'ANY';
  readonly path: string;
  readonly door: DoorName;
  /** Whether the authorizer is asked first. */
  readonly authorized: boolean;
}

const open = (method: Endpoint['method'], path: string): Endpoint => ({
  method,
  path,
  door: 'portal',
  authorized: false,
});

const authorized = (method: Endpoint['method'], path: string, door: DoorName): Endpoint => ({
  method,
  path,
  door,
  authorized: true,
});

/** Every way into the platform, said once for API Gateway and for the local server. */
export const endpoints: readonly Endpoint[] = [
  open('GET', '/'),
  open('HEAD', '/'),
  open('GET', '/health'),
  open('GET', '/openapi.json'),
  open('GET', '/assets/{asset+}'),
  authorized('POST', '/v1/chat/completions', 'gateway'),
  authorized('GET', '/v1/models', 'gateway'),
  authorized('GET', '/v1/models/{model+}', 'gateway'),
  authorized('POST', '/v1/moderations', 'guardrail'),
  authorized('GET', '/v1/usage', 'governance'),
  authorized('GET', '/v1/audit/{id}', 'governance'),
  authorized('ANY', '/admin/v1/{resource+}', 'governance'),
];

/** What a browser may send across origins. */
export const ALLOWED_REQUEST_HEADERS = [
  'authorization',
  'content-type',
  'idempotency-key',
  'if-match',
  'prefer',
  'x-stainless-arch',
  'x-stainless-async',
  'x-stainless-helper-method',
  'x-stainless-lang',
  'x-stainless-os',
  'x-stainless-package-version',
  'x-stainless-poll-helper',
  'x-stainless-retry-count',
  'x-stainless-runtime',
  'x-stainless-runtime-version',
  'x-stainless-timeout',
] as const;

/** Headers a browser may show to the page; the rest of an answer's headers are invisible to it. */
export const EXPOSED_HEADERS = [
  'etag',
  'x-request-id',
  'retry-after',
  'retry-after-ms',
  'x-should-retry',
  'x-ratelimit-limit-requests',
  'x-ratelimit-remaining-requests',
  'x-ratelimit-reset-requests',
  'x-ratelimit-limit-tokens',
  'x-ratelimit-remaining-tokens',
  'x-ratelimit-reset-tokens',
  'x-ballast-model',
  'x-ballast-guardrail',
] as const;

/** API Gateway takes no larger request, and neither does the local server. */
export const LARGEST_REQUEST_BYTES = 10_000_000;

/** Headers a browser may show to the page; the rest of an answer's headers are invisible to it. */
export const EXPOSED_HEADERS = [
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

/** `allowedOrigins` is a comma-separated list, `*` for every origin, or nothing. */
export function corsHeaders(
  origin: string | undefined,
  allowedOrigins: string | undefined,
): Record<string, string> {
  if (origin === undefined || allowedOrigins === undefined) return {};
  const allowed = allowedOrigins.split(',');
  if (!allowed.includes('*') && !allowed.includes(origin)) return {};
  return {
    'access-control-allow-origin': origin,
    'access-control-expose-headers': EXPOSED_HEADERS.join(','),
    vary: 'origin',
  };
}

import { EXPOSED_HEADERS } from '../edge/contract.ts';

/** `allowedOrigins` is a comma-separated list, `*` for every origin, or nothing. */
export function corsHeaders(
  origin: string | undefined,
  allowedOrigins: string | undefined,
): Record<string, string> {
  if (origin === undefined || allowedOrigins === undefined) return {};
  const allowed = allowedOrigins.split(',');
  if (!allowed.includes('*') && !allowed.includes(origin)) return { vary: 'origin' };
  return {
    'access-control-allow-origin': origin,
    'access-control-expose-headers': EXPOSED_HEADERS.join(','),
    vary: 'origin',
  };
}

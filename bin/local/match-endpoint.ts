import type { Endpoint } from '../../lambdas/edge/contract.ts';

/** The endpoint API Gateway would pick for a method and path, if there is one. */
export function matchEndpoint(
  endpoints: readonly Endpoint[],
  method: string,
  path: string,
): Endpoint | undefined {
  return endpoints.find(
    (endpoint) =>
      (endpoint.method === method || endpoint.method === 'ANY') && matches(endpoint.path, path),
  );
}

function matches(pattern: string, path: string): boolean {
  const wanted = pattern.split('/');
  const given = path.split('/');
  for (const [index, segment] of wanted.entries()) {
    if (segment.endsWith('+}')) return given.length > index && given[index] !== '';
    if (segment.startsWith('{') ? !given[index] : segment !== given[index]) return false;
  }
  return wanted.length === given.length;
}

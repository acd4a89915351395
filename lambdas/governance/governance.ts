import { Failure, failurePolicies, toFailure } from '#core/failures/failure.ts';
import { hasScope } from '#core/identity/caller.ts';
import { corsHeaders } from '#runtime/cors.ts';
import { respondWithFailure } from '#runtime/error-response.ts';
import type { Door, HttpRequest } from '#runtime/http.ts';
import { auditEndpoints } from './audit.ts';
import { clientEndpoints } from './clients.ts';
import {
  type Call,
  type Endpoint,
  type GovernanceParts,
  matchPath,
  type Reply,
} from './endpoint.ts';
import { keyEndpoints } from './keys.ts';
import { routeEndpoints } from './routes.ts';
import { tenantEndpoints } from './tenants.ts';
import { usageEndpoints } from './usage.ts';

/** Every method and path of this door. */
export const governanceEndpoints: readonly Endpoint[] = [
  ...auditEndpoints,
  ...usageEndpoints,
  ...tenantEndpoints,
  ...keyEndpoints,
  ...clientEndpoints,
  ...routeEndpoints,
];

/** Administration, audit records and usage: everything about inferences but the inferences. */
export function createGovernance(parts: GovernanceParts): Door {
  return async (request, responder) => {
    const nowMs = parts.clock.nowMs();
    const id = parts.newId(nowMs);
    const headers = {
      'x-request-id': id,
      'cache-control': 'no-store',
      ...corsHeaders(request.headers['origin'], parts.allowedOrigins),
    };
    let reply: Reply;
    try {
      reply = await answer({ id, nowMs, request }, parts);
    } catch (thrown) {
      const failure = toFailure(thrown);
      report(parts, { id, request, failure });
      return respondWithFailure(responder, failure, { ...headers, ...allowedMethods(request) });
    }
    responder.start(reply.status, {
      ...headers,
      ...reply.headers,
      'content-type': 'application/json',
    });
    await responder.end(JSON.stringify(reply.body));
  };
}

type Arrival = Pick<Call, 'id' | 'nowMs' | 'request'>;

async function answer(arrival: Arrival, parts: GovernanceParts): Promise<Reply> {
  const { request } = arrival;
  const { caller } = request;
  const candidates = endpointsAt(request.path);
  if (candidates.length === 0) {
    throw new Failure('not_found', 'no such endpoint; see /openapi.json for those there are');
  }
  if (caller === undefined) {
    throw new Failure('invalid_api_key', 'no valid credential; send `authorization: Bearer …`');
  }
  const endpoint = candidates.find(({ method }) => method === request.method);
  if (endpoint === undefined) {
    const methods = candidates.map(({ method }) => method).join(', ');
    throw new Failure(
      'method_not_allowed',
      `${request.method.slice(0, 16)} is not possible here; use ${methods}`,
    );
  }
  if (!endpoint.scopes.some((scope) => hasScope(caller, scope))) {
    throw new Failure(
      'insufficient_scope',
      `this credential has ${caller.scopes.join(', ') || 'no scope'}; this endpoint needs ${endpoint.scopes.join(' or ')}`,
    );
  }
  const parameters = matchPath(endpoint.pattern, request.path);
  return endpoint.run({ ...arrival, caller, param: (name) => parameters?.get(name) ?? '' }, parts);
}

const endpointsAt = (path: string): readonly Endpoint[] =>
  governanceEndpoints.filter(({ pattern }) => matchPath(pattern, path) !== undefined);

/** RFC 9110, section 10.2.1; only where the path is known and the method is not. */
function allowedMethods(request: HttpRequest): Readonly<Record<string, string>> {
  const methods = endpointsAt(request.path).map(({ method }) => method);
  if (methods.length === 0 || methods.some((method) => method === request.method)) return {};
  return { allow: methods.join(', ') };
}

interface Refused {
  readonly id: string;
  readonly request: HttpRequest;
  readonly failure: Failure;
}

/** The caller's own mistakes are told to the caller alone; their messages may quote the input. */
function report({ log }: GovernanceParts, { id, request, failure }: Refused): void {
  const { code } = failure;
  if (failurePolicies[code].blame !== 'caller') {
    log.error('governance request failed', { requestId: id, code, error: failure });
  } else if (code === 'insufficient_scope') {
    // No record of a change is left, but whoever looks for an intruder starts here.
    const { tenantId, keyId } = request.caller ?? {};
    log.warn('governance request refused', { requestId: id, code, tenantId, keyId });
  }
}

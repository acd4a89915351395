import type { IncomingMessage, ServerResponse } from 'node:http';
import { failurePolicies } from '#core/failures/failure.ts';
import type { Outcome } from '#core/failures/outcome.ts';
import type { Caller } from '#core/identity/caller.ts';
import { Cancellation } from '#core/time/cancellation.ts';
import { corsHeaders } from '#runtime/cors.ts';
import { newUlid } from '#runtime/host.ts';
import type { Door, HttpRequest, HttpResponder } from '#runtime/http.ts';
import { edgeErrors } from '../../lambdas/authorizer/contract.ts';
import {
  ALLOWED_REQUEST_HEADERS,
  type DoorName,
  type Endpoint,
  LARGEST_REQUEST_BYTES,
  endpoints as platformEndpoints,
} from '../../lambdas/edge/contract.ts';
import { matchEndpoint } from './match-endpoint.ts';
import { NodeResponder } from './node-responder.ts';
import { readBody } from './read-body.ts';

/** Lambda's own limit. */
const LONGEST_REQUEST_MS = 900_000;
const ALLOWED_ORIGINS = '*';

/** Something besides the doors that answers here: the OIDC issuer. */
type Extra = (
  request: HttpRequest,
) => Promise<
  | { readonly status: number; readonly headers: Record<string, string>; readonly body: string }
  | undefined
>;

export interface EdgeParts {
  readonly doors: Readonly<Record<DoorName, Door>>;
  /** The authorizer, given every `authorization` header of the request. */
  authorize(authorization: readonly string[]): Promise<Outcome<Caller>>;
  readonly extra: Extra;
  /** @default the platform's own */
  readonly endpoints?: readonly Endpoint[];
}

/** What API Gateway does in front of the doors, on one machine. */
export function createEdge(parts: EdgeParts) {
  return async (incoming: IncomingMessage, response: ServerResponse): Promise<void> => {
    const disconnected = disconnectionOf(response);
    const head = requestOf(incoming);
    const responder = new NodeResponder(response);
    if (!isFromHere(head.headers)) return refuseForeign(responder);
    if (head.method === 'OPTIONS') return preflight(head, responder);
    const body = await readBody(incoming, LARGEST_REQUEST_BYTES);
    if (body === undefined) return refuse(responder, head, 'REQUEST_TOO_LARGE');
    const request = { ...head, body };
    const extra = await parts.extra(request);
    if (extra !== undefined) {
      responder.start(extra.status, extra.headers);
      return responder.end(extra.body);
    }
    const authorization = incoming.headersDistinct['authorization'] ?? [];
    return enter({ request, responder, disconnected, authorization }, parts);
  };
}

const LOOPBACK = /^(?:https?:\/\/)?(?:localhost|127\.0\.0\.1|\[::1\])(?::\d+)?$/i;

/**
 * The keys of this platform are known to everybody, so a page from elsewhere that a browser shows
 * must not use them: neither by its own origin nor by a name that it has pointed at this machine.
 */
const isFromHere = ({ origin, host }: HttpRequest['headers']): boolean =>
  (origin === undefined || LOOPBACK.test(origin)) && (host === undefined || LOOPBACK.test(host));

interface Entry {
  readonly request: HttpRequest;
  readonly responder: HttpResponder;
  readonly disconnected: Cancellation;
  readonly authorization: readonly string[];
}

async function enter(
  { request, responder, disconnected, authorization }: Entry,
  { doors, authorize, endpoints = platformEndpoints }: EdgeParts,
): Promise<void> {
  const endpoint = matchEndpoint(endpoints, request.method, request.path);
  if (endpoint === undefined) return refuse(responder, request, 'MISSING_AUTHENTICATION_TOKEN');
  const door = doors[endpoint.door];
  const invocation = { deadlineMs: Date.now() + LONGEST_REQUEST_MS, disconnected };
  if (!endpoint.authorized) return door(request, responder, invocation);
  const caller = await authorize(authorization);
  if (!caller.ok) return refuse(responder, request, edgeErrorOf(caller.failure.code));
  return door({ ...request, caller: caller.value }, responder, invocation);
}

function requestOf(incoming: IncomingMessage): HttpRequest {
  const [path = '/', ...query] = (incoming.url ?? '/').split('?');
  const headers: Record<string, string> = {};
  for (const [name, values] of Object.entries(incoming.headersDistinct)) {
    const last = values?.at(-1);
    if (last !== undefined) headers[name] = last;
  }
  return {
    method: incoming.method ?? 'GET',
    path,
    query: Object.fromEntries(new URLSearchParams(query.join('?'))),
    headers,
    body: '',
  };
}

function disconnectionOf(response: ServerResponse): Cancellation {
  const disconnected = new Cancellation();
  response.once('close', () => {
    if (!response.writableFinished) disconnected.cancel();
  });
  return disconnected;
}

/** What API Gateway would say to an authorizer that answered so. */
function edgeErrorOf(code: keyof typeof failurePolicies): keyof typeof edgeErrors {
  switch (failurePolicies[code].status) {
    case 401:
      return 'UNAUTHORIZED';
    case 403:
      return 'ACCESS_DENIED';
    default:
      return 'AUTHORIZER_FAILURE';
  }
}

function refuse(
  responder: HttpResponder,
  request: HttpRequest,
  kind: keyof typeof edgeErrors,
): Promise<void> {
  const error = edgeErrors[kind];
  const { status, message, type, code, retry } = error;
  responder.start(status, {
    'content-type': 'application/json',
    'x-request-id': newUlid(Date.now()),
    'x-should-retry': String(retry),
    ...('retryAfterS' in error ? { 'retry-after': String(error.retryAfterS) } : {}),
    ...corsHeaders(request.headers['origin'], ALLOWED_ORIGINS),
  });
  return responder.end(JSON.stringify({ error: { message, type, param: null, code } }));
}

function refuseForeign(responder: HttpResponder): Promise<void> {
  responder.start(403, {
    'content-type': 'application/json',
    'x-request-id': newUlid(Date.now()),
    'x-should-retry': 'false',
  });
  const message =
    'the local platform answers pages and programs of this machine only; call it as http://127.0.0.1 or http://localhost';
  const error = { message, type: 'permission_error', param: null, code: 'request_filtered' };
  return responder.end(JSON.stringify({ error }));
}

function preflight(request: HttpRequest, responder: HttpResponder): Promise<void> {
  responder.start(204, {
    ...corsHeaders(request.headers['origin'], ALLOWED_ORIGINS),
    'access-control-allow-methods': 'GET,HEAD,POST,PUT,PATCH,DELETE,OPTIONS',
    'access-control-allow-headers': ALLOWED_REQUEST_HEADERS.join(','),
    'access-control-max-age': '600',
  });
  return responder.end();
}

import { Failure } from '#core/failures/failure.ts';
import type { Clock } from '#core/time/clock.ts';
import type { NewId } from '#core/time/ulid.ts';
import { corsHeaders } from '#runtime/cors.ts';
import { respondWithFailure } from '#runtime/error-response.ts';
import type { Door, HttpRequest } from '#runtime/http.ts';
import type { PortalFileName } from './contract.ts';

export interface PortalParts {
  /** The text of every file, read once. */
  readonly files: ReadonlyMap<PortalFileName, string>;
  readonly clock: Pick<Clock, 'nowMs'>;
  readonly newId: NewId;
  /** SHA-256, lower-case hex. */
  readonly hash: (text: string) => string;
  /** Origins browsers may call from, comma-separated. */
  readonly allowedOrigins?: string | undefined;
}

/** What stands at one path: the same bytes for everybody. */
interface Resource {
  readonly text: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** Short, for a name keeps its address through a deployment; the entity tag spares the bytes. */
const CACHED = 'public, max-age=300';

/** The door that needs no credential: docs page, OpenAPI document, health. */
export function createPortal(parts: PortalParts): Door {
  const resources = resourcesOf(parts);
  return async (request, responder) => {
    const headers = {
      'x-request-id': parts.newId(parts.clock.nowMs()),
      'x-content-type-options': 'nosniff',
      ...corsHeaders(request.headers['origin'], parts.allowedOrigins),
    };
    const resource = resources.get(request.path);
    if (resource === undefined) return respondWithFailure(responder, notFound(), headers);
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      return respondWithFailure(responder, notAllowed(request), headers);
    }
    if (isFresh(request, resource)) {
      responder.start(304, { ...headers, ...resource.headers });
      return responder.end();
    }
    responder.start(200, { ...headers, ...resource.headers });
    await responder.end(request.method === 'HEAD' ? undefined : resource.text);
  };
}

const notFound = (): Failure =>
  new Failure('not_found', 'nothing is here; see /openapi.json for the endpoints there are');

const notAllowed = ({ method }: HttpRequest): Failure =>
  new Failure('method_not_allowed', `this path takes GET or HEAD, got ${method.slice(0, 16)}`);

/** Looked up whole, never joined to a folder: a path that is not a key leads nowhere. */
function resourcesOf({ files, hash }: PortalParts): ReadonlyMap<string, Resource> {
  const resources = new Map<string, Resource>([['/health', HEALTH]]);
  for (const [name, text] of files) {
    resources.set(addressOf(name), {
      text,
      headers: {
        'content-type': contentTypeOf(name),
        'cache-control': CACHED,
        etag: `"${hash(text).slice(0, 32)}"`,
        ...(name === 'index.html' ? pageHeaders(text, hash) : {}),
      },
    });
  }
  return resources;
}

const HEALTH: Resource = {
  text: '{"status":"ok"}',
  headers: { 'content-type': 'application/json', 'cache-control': 'no-store' },
};

function addressOf(name: PortalFileName): string {
  if (name === 'index.html') return '/';
  return name === 'openapi.json' ? '/openapi.json' : `/assets/${name}`;
}

function contentTypeOf(name: PortalFileName): string {
  if (name.endsWith('.html')) return 'text/html; charset=utf-8';
  if (name.endsWith('.css')) return 'text/css; charset=utf-8';
  return name.endsWith('.js') ? 'text/javascript; charset=utf-8' : 'application/json';
}

/** Nothing from anywhere else; the one inline script by its hash. */
function pageHeaders(html: string, hash: PortalParts['hash']): Readonly<Record<string, string>> {
  const scripts = [...html.matchAll(/<script>([\s\S]*?)<\/script>/g)].map(([, code = '']) => code);
  const sources = scripts.map(
    (code) => ` 'sha256-${Buffer.from(hash(code), 'hex').toString('base64')}'`,
  );
  return {
    'content-security-policy': [
      "default-src 'none'",
      `script-src 'self'${sources.join('')}`,
      // The renderer sets style attributes and style elements of its own.
      "style-src 'self' 'unsafe-inline'",
      "img-src 'self' data:",
      "connect-src 'self'",
      "base-uri 'none'",
      "form-action 'none'",
      "frame-ancestors 'none'",
    ].join('; '),
    'referrer-policy': 'no-referrer',
  };
}

/** @see https://www.rfc-editor.org/rfc/rfc9110#section-13.1.2 */
function isFresh({ headers }: HttpRequest, resource: Resource): boolean {
  const { etag } = resource.headers;
  const known = headers['if-none-match'];
  if (etag === undefined || known === undefined) return false;
  // Whatever compresses on the way makes the tag a weak one.
  return known.split(',').some((tag) => tag.trim().replace(/^W\//, '') === etag);
}

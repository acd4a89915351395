import { Failure, toFailure } from '#core/failures/failure.ts';
import { modelNotFound } from '#core/inference/chat-plan.ts';
import type { InferencePorts } from '#core/inference/inference-ports.ts';
import type { NewId } from '#core/time/ulid.ts';
import { corsHeaders } from '#runtime/cors.ts';
import { respondWithFailure } from '#runtime/error-response.ts';
import type { Door, HttpResponder } from '#runtime/http.ts';
import type { Log } from '#runtime/observability.ts';
import { type ChatExchange, chatCompletions } from './chat-completions.ts';
import { findModel, listModels } from './models.ts';

export interface GatewayParts {
  readonly ports: InferencePorts;
  readonly newId: NewId;
  readonly log: Log;
  /** Origins browsers may call from, comma-separated. */
  readonly allowedOrigins: string | undefined;
}

/** The OpenAI-compatible API. One gateway serves many requests at once; it keeps nothing of any. */
export function createGateway({ ports, newId, log, allowedOrigins }: GatewayParts): Door {
  return async (request, responder, invocation) => {
    const startedAtMs = ports.clock.nowMs();
    const id = newId(startedAtMs);
    const headers = {
      'x-request-id': id,
      ...corsHeaders(request.headers['origin'], allowedOrigins),
    };
    const watched = new StartedResponder(responder);
    try {
      const { caller } = request;
      if (caller === undefined) throw noCredential();
      const exchange = { id, startedAtMs, request, caller, invocation, headers };
      await dispatch({ ...exchange, responder: watched }, ports);
    } catch (thrown) {
      const failure = toFailure(thrown);
      if (failure.code === 'internal_error') {
        log.error('request failed unexpectedly', { requestId: id, error: thrown });
      }
      // After the first byte there is no status left to send: a dropped connection says it.
      if (watched.started) responder.abort();
      else await respondWithFailure(responder, failure, headers);
    }
  };
}

const noCredential = (): Failure =>
  new Failure(
    'invalid_api_key',
    'no valid credential: send an `sk-…` key or a JWT as `authorization: Bearer …`',
  );

const MODELS = '/v1/models';

async function dispatch(exchange: ChatExchange, ports: InferencePorts): Promise<void> {
  const { request, caller, responder, headers } = exchange;
  const { method, path } = request;
  if (path === '/v1/chat/completions') {
    requireMethod(method, 'POST', path);
    return chatCompletions(exchange, ports);
  }
  if (path === MODELS || path.startsWith(`${MODELS}/`)) {
    requireMethod(method, 'GET', path);
    const name = decodeName(path.slice(MODELS.length + 1));
    const body =
      name === '' ? listModels(caller, ports.routes) : findModel(caller, ports.routes, name);
    if (body === undefined) throw modelNotFound(name);
    return respondWithJson(responder, body, headers);
  }
  throw new Failure('not_found', `no endpoint at ${path}; see /openapi.json for those there are`);
}

function requireMethod(method: string, expected: string, path: string): void {
  if (method === expected) return;
  throw new Failure('method_not_allowed', `${path} takes ${expected}, got ${method}`);
}

function decodeName(encoded: string): string {
  try {
    return decodeURIComponent(encoded);
  } catch {
    // Not an encoding at all: the name as it stands, which no route has.
    return encoded;
  }
}

async function respondWithJson(
  responder: HttpResponder,
  body: object,
  headers: Readonly<Record<string, string>>,
): Promise<void> {
  responder.start(200, { ...headers, 'content-type': 'application/json' });
  await responder.end(JSON.stringify(body));
}

/** Remembers whether a status has gone out. */
class StartedResponder implements HttpResponder {
  started = false;
  readonly #responder: HttpResponder;

  constructor(responder: HttpResponder) {
    this.#responder = responder;
  }

  start(status: number, headers: Readonly<Record<string, string>>): void {
    this.#responder.start(status, headers);
    this.started = true;
  }

  write(text: string): Promise<void> {
    return this.#responder.write(text);
  }

  abort(): void {
    this.#responder.abort();
  }

  end(text?: string): Promise<void> {
    return this.#responder.end(text);
  }
}

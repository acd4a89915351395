import { Failure } from '#core/failures/failure.ts';
import { type Caller, hasScope } from '#core/identity/caller.ts';
import type { ChatInference, ServedChat } from '#core/inference/chat-inference.ts';
import { completeChat } from '#core/inference/complete-chat.ts';
import type { InferencePorts } from '#core/inference/inference-ports.ts';
import { recordRefusal } from '#core/inference/record-refusal.ts';
import { respondWithFailure } from '#runtime/error-response.ts';
import type { HttpRequest, HttpResponder, Invocation } from '#runtime/http.ts';
import { rateLimitHeaders } from './answer-headers.ts';
import { parseChatRequest } from './parse/parse-chat-request.ts';
import { serializeAnswer } from './serialize-chat.ts';
import { writeStream } from './write-stream.ts';

/** One request to `POST /v1/chat/completions`, with what the door adds to it. */
export interface ChatExchange {
  readonly id: string;
  readonly startedAtMs: number;
  readonly request: HttpRequest;
  readonly caller: Caller;
  readonly responder: HttpResponder;
  readonly invocation: Invocation;
  /** On every answer: request id, CORS. */
  readonly headers: Readonly<Record<string, string>>;
}

/** Parse → core → serialise; the record is closed after the client has its last byte. */
export async function chatCompletions(
  exchange: ChatExchange,
  ports: InferencePorts,
): Promise<void> {
  const requestHash = ports.hash(exchange.request.body);
  const parsed = hasScope(exchange.caller, 'ballast/inference')
    ? parseChatRequest(exchange.request.body, exchange.request.headers)
    : { ok: false as const, failure: insufficientScope() };
  if (!parsed.ok) {
    await respondWithFailure(exchange.responder, parsed.failure, exchange.headers);
    const { id, startedAtMs, caller } = exchange;
    await recordRefusal({ id, startedAtMs, caller, requestHash, failure: parsed.failure }, ports);
    return;
  }
  const inference: ChatInference = {
    id: exchange.id,
    startedAtMs: exchange.startedAtMs,
    caller: exchange.caller,
    request: parsed.value,
    requestHash,
    ...clientRetry(exchange.request.headers),
    deadlineMs: exchange.invocation.deadlineMs,
    disconnected: exchange.invocation.disconnected,
  };
  const served = await completeChat(inference, ports);
  try {
    await respond(served, exchange, inference, ports);
  } finally {
    await served.close();
  }
}

const insufficientScope = (): Failure =>
  new Failure(
    'insufficient_scope',
    "this credential lacks the scope 'ballast/inference'; ask the operator for one that has it",
  );

function clientRetry(headers: HttpRequest['headers']): { clientRetry?: number } {
  const count = headers['x-stainless-retry-count'];
  return count !== undefined && /^\d{1,3}$/.test(count) ? { clientRetry: Number(count) } : {};
}

async function respond(
  { answer, standing }: ServedChat,
  { id, startedAtMs: createdMs, responder, ...exchange }: ChatExchange,
  { request }: ChatInference,
  { clock }: InferencePorts,
): Promise<void> {
  const headers = { ...exchange.headers, ...rateLimitHeaders(standing, clock.nowMs()) };
  switch (answer.kind) {
    case 'refused':
      return respondWithFailure(responder, answer.failure, headers);
    case 'whole': {
      const { response, usage, served, guardrail } = answer;
      responder.start(200, {
        ...headers,
        'content-type': 'application/json',
        'x-ballast-model': served,
        'x-ballast-guardrail': guardrail.verdict,
      });
      const head = { id, createdMs, model: served };
      return responder.end(serializeAnswer(head, response, usage, guardrail));
    }
    case 'stream': {
      const { stream } = answer;
      responder.start(200, {
        ...headers,
        'content-type': 'text/event-stream; charset=utf-8',
        'cache-control': 'no-cache',
        ...(stream.served === undefined ? {} : { 'x-ballast-model': stream.served }),
      });
      const includeUsage = request.stream_options?.include_usage === true;
      if (stream.served === undefined) await responder.write(': ping\n\n');
      const { deadlineMs } = exchange.invocation;
      const streamed = { id, createdMs, stream, includeUsage, deadlineMs };
      await writeStream(streamed, responder, clock);
      return responder.end();
    }
  }
}

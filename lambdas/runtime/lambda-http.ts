import type { Writable } from 'node:stream';
import type { APIGatewayProxyEvent, Context } from 'aws-lambda';
import type { Caller } from '#core/identity/caller.ts';
import { Cancellation } from '#core/time/cancellation.ts';
import type { Door, HttpRequest, HttpResponder } from './http.ts';
import { endOf, writeTo } from './writable.ts';

type StreamingHandler = (
  event: APIGatewayProxyEvent,
  stream: Writable,
  context: Pick<Context, 'getRemainingTimeInMillis'>,
) => Promise<void>;

/**
 * What the deadline leaves for audit and settlement before Lambda cuts the process: two tries of
 * each store at 1.5 s, and the spill queue's two at 3 s, if everything is slow at once.
 */
const CLOSING_TIME_MS = 13_000;

/**
 * A door as the handler of an API Gateway integration with response streaming.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/response-transfer-mode-lambda.html
 */
export function serveDoor(door: Door): StreamingHandler {
  const serve: StreamingHandler = (event, stream, context) =>
    door(toHttpRequest(event), new StreamResponder(stream), {
      deadlineMs: Date.now() + context.getRemainingTimeInMillis() - CLOSING_TIME_MS,
      disconnected: new Cancellation(),
    });
  return awslambda.streamifyResponse(serve) as StreamingHandler;
}

export function toHttpRequest(event: APIGatewayProxyEvent): HttpRequest {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(event.headers ?? {})) {
    if (value !== undefined) headers[name.toLowerCase()] = value;
  }
  const caller: unknown = event.requestContext.authorizer?.['caller'];
  const body = event.body ?? '';
  return {
    method: event.httpMethod,
    path: event.path,
    query: Object.fromEntries(
      Object.entries(event.queryStringParameters ?? {}).map(([name, value]) => [name, value ?? '']),
    ),
    headers,
    body: event.isBase64Encoded ? Buffer.from(body, 'base64').toString('utf8') : body,
    ...(typeof caller === 'string' ? { caller: JSON.parse(caller) as Caller } : {}),
  };
}

class StreamResponder implements HttpResponder {
  readonly #raw: Writable;
  #stream: Writable | undefined;
  #written = false;

  constructor(raw: Writable) {
    this.#raw = raw;
  }

  start(status: number, headers: Readonly<Record<string, string>>): void {
    this.#stream = awslambda.HttpResponseStream.from(this.#raw as awslambda.HttpResponseStream, {
      statusCode: status,
      headers,
    });
  }

  async write(text: string): Promise<void> {
    this.#written = true;
    await writeTo(this.#started(), text);
  }

  abort(): void {
    this.#raw.destroy();
  }

  async end(text?: string): Promise<void> {
    // Status and headers travel with the first write, and `end` alone is not one.
    if (text !== undefined || !this.#written) await this.write(text ?? '');
    await endOf(this.#started());
  }

  #started(): Writable {
    if (this.#stream === undefined) throw new Error('a response is written before it is started');
    return this.#stream;
  }
}

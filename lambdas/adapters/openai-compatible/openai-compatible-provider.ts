import type { ChatEvent } from '#core/chat/chat-event.ts';
import type { ChatRequest } from '#core/chat/chat-request.ts';
import { collectAnswer } from '#core/chat/collect-answer.ts';
import type { AnswerOutcome, ModelCall, ModelProvider } from '#core/chat/model-provider.ts';
import { callCancelled, invalidAnswer, misconfigured } from '#core/chat/provider-failures.ts';
import { failed, type Outcome, succeeded } from '#core/failures/outcome.ts';
import { ChunkTranslator } from './chunk-translator.ts';
import { failureOfAnswer, failureOfError, statesError } from './failure-of-error.ts';
import { failureOfTransport } from './failure-of-transport.ts';
import { type HttpExchange, HttpTransport } from './http-transport.ts';
import { parseJson } from './json-object.ts';
import { newToolCallId } from './new-tool-call-id.ts';
import type { OpenAiCompatibleOptions } from './openai-compatible-options.ts';
import { readBody } from './read-body.ts';
import { readStream } from './read-stream.ts';
import { wireRequest } from './wire-request.ts';

const LONGEST_ANSWER = 32 * 1024 * 1024;
const LONGEST_ERROR = 64 * 1024;

/** Any server that speaks the OpenAI chat completions API. */
export class OpenAiCompatibleProvider implements ModelProvider {
  readonly #options: OpenAiCompatibleOptions;
  readonly #transport: HttpTransport;
  readonly #isOpenAi: boolean;

  /** @throws TypeError when the base URL is none, or not of http(s). */
  constructor(options: OpenAiCompatibleOptions) {
    const url = new URL(options.baseUrl);
    if (url.protocol !== 'https:' && url.protocol !== 'http:') {
      throw new TypeError(`base URL must be http or https, got '${url.protocol}'`);
    }
    this.#options = options;
    this.#transport = new HttpTransport(url, options.idleConnectionMs ?? 4_000);
    this.#isOpenAi = url.hostname === 'api.openai.com';
  }

  unsupportedParameter(request: ChatRequest): string | undefined {
    return this.#options.unsupportedParameters?.find((name) => request[name] !== undefined);
  }

  async complete(call: ModelCall): Promise<AnswerOutcome> {
    const opened = await this.#open(call, false);
    if (!opened.ok) return opened;
    const body = await this.#readBody(opened.value, call, LONGEST_ANSWER);
    if (!body.ok) return body;
    return collectAnswer(this.#eventsOfWhole(body.value, call));
  }

  async *stream(call: ModelCall): AsyncGenerator<ChatEvent, void> {
    const opened = await this.#open(call, true);
    if (!opened.ok) {
      yield { type: 'failure', failure: opened.failure };
      return;
    }
    const exchange = opened.value;
    const type = exchange.response.headers['content-type'] ?? '';
    // A server that does not stream answers whole; one that streams may mislabel it.
    if (/^(?:application\/json|text\/html)/i.test(type)) {
      const body = await this.#readBody(exchange, call, LONGEST_ANSWER);
      if (body.ok) yield* this.#eventsOfWhole(body.value, call);
      else yield { type: 'failure', failure: body.failure };
      return;
    }
    const translator = this.#translator(call);
    try {
      yield* readStream(exchange.response, translator, {
        provider: this.#options.name,
        cancellation: call.cancellation,
      });
    } finally {
      exchange.release(translator.answered);
    }
  }

  /** Closes idle connections. */
  close(): void {
    this.#transport.close();
  }

  /** Posts the call, and turns every status but 2xx into the failure it means. */
  async #open(call: ModelCall, stream: boolean): Promise<Outcome<HttpExchange>> {
    const { name: provider, apiKey } = this.#options;
    let key: string | undefined;
    try {
      key = (await apiKey?.())?.trim();
    } catch (thrown) {
      return failed(misconfigured(provider, 'its API key cannot be read', thrown));
    }
    if (call.cancellation.cancelled) return failed(callCancelled());
    let exchange: HttpExchange;
    try {
      exchange = await this.#transport.post({
        path: '/chat/completions',
        headers: {
          'content-type': 'application/json',
          accept: stream ? 'text/event-stream' : 'application/json',
          'accept-encoding': 'identity',
          'user-agent': 'ballast',
          ...(key === undefined || key === '' ? {} : { authorization: `Bearer ${key}` }),
        },
        body: this.#wireRequest(call, stream),
        cancellation: call.cancellation,
      });
    } catch (thrown) {
      return failed(failureOfTransport(thrown, { provider, cancellation: call.cancellation }));
    }
    return this.#checked(exchange, call, key);
  }

  async #checked(
    exchange: HttpExchange,
    call: ModelCall,
    key: string | undefined,
  ): Promise<Outcome<HttpExchange>> {
    const { name: provider } = this.#options;
    const { statusCode: status = 0, headers } = exchange.response;
    if (status >= 200 && status < 300) {
      if ((headers['content-encoding'] ?? 'identity') === 'identity') return succeeded(exchange);
      exchange.release(false);
      return failed(invalidAnswer(provider, 'compressed its answer although asked not to'));
    }
    const body = await this.#readBody(exchange, call, LONGEST_ERROR);
    if (call.cancellation.cancelled) return failed(callCancelled());
    // An error page that is too long or breaks off changes nothing about its status.
    const said = body.ok ? body.value : '';
    const shown = key !== undefined && key !== '' && said.includes(key) ? '' : said;
    return failed(
      failureOfAnswer({ provider, status, headers, body: shown, request: call.request }),
    );
  }

  async #readBody(
    exchange: HttpExchange,
    { cancellation }: ModelCall,
    longest: number,
  ): Promise<Outcome<string>> {
    const { name: provider } = this.#options;
    let body: string | undefined;
    try {
      body = await readBody(exchange.response, longest);
    } catch (thrown) {
      return failed(failureOfTransport(thrown, { provider, cancellation }));
    } finally {
      exchange.release(false);
    }
    return body === undefined
      ? failed(invalidAnswer(provider, `answered with more than ${longest} bytes`))
      : succeeded(body);
  }

  *#eventsOfWhole(body: string, call: ModelCall): Generator<ChatEvent, void> {
    const { name: provider } = this.#options;
    const answer = parseJson(body);
    if (statesError(answer)) {
      yield {
        type: 'failure',
        failure: failureOfError(answer, { provider, request: call.request }),
      };
      return;
    }
    const translator = this.#translator(call, true);
    yield* translator.read(answer);
    yield* translator.end();
  }

  #translator({ request }: ModelCall, whole = false): ChunkTranslator {
    return new ChunkTranslator({ provider: this.#options.name, request, newToolCallId, whole });
  }

  #wireRequest({ model, request }: ModelCall, stream: boolean): string {
    return wireRequest(request, {
      model,
      stream,
      outputCapField:
        this.#options.outputCapField ?? (this.#isOpenAi ? 'max_completion_tokens' : 'max_tokens'),
      developerRole: this.#isOpenAi,
    });
  }
}

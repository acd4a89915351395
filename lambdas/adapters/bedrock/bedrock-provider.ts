import type { ChatEvent } from '#core/chat/chat-event.ts';
import { type ChatRequest, choicesAsked } from '#core/chat/chat-request.ts';
import { collectAnswer } from '#core/chat/collect-answer.ts';
import type { AnswerOutcome, ModelCall, ModelProvider } from '#core/chat/model-provider.ts';
import { callCancelled } from '#core/chat/provider-failures.ts';
import type { Cancellation } from '#core/time/cancellation.ts';
import type { BedrockClient, ConverseAnswer, ConverseEvent } from './bedrock-client.ts';
import { ConverseTranslator } from './converse-translator.ts';
import { eventsOfAnswer } from './events-of-answer.ts';
import { failureOfException } from './failure-of-exception.ts';
import { mergeChoices } from './merge-choices.ts';
import { type ConverseRequest, toConverseInput } from './to-converse-input.ts';
import { unsupportedParameter } from './unsupported-parameter.ts';

/** One Converse call: it answers with one choice, whatever `n` says. */
interface ChoiceCall extends ConverseRequest {
  readonly choice: number;
  readonly request: ChatRequest;
  readonly cancellation: Cancellation;
}

/** Models of Amazon Bedrock, by the Converse API. */
export class BedrockProvider implements ModelProvider {
  readonly billsPromptPerChoice = true;
  readonly #loadClient: () => Promise<BedrockClient>;
  #client: Promise<BedrockClient> | undefined;

  /** `loadClient` is called once, at the first call: the SDK may be imported then. */
  constructor(loadClient: () => Promise<BedrockClient>) {
    this.#loadClient = loadClient;
  }

  unsupportedParameter(request: ChatRequest, model: string): string | undefined {
    return unsupportedParameter(request, model);
  }

  async complete(call: ModelCall): Promise<AnswerOutcome> {
    const events: ChatEvent[] = [];
    for await (const event of this.#choices(call, (choice) => this.#whole(choice))) {
      events.push(event);
    }
    return collectAnswer(events);
  }

  stream(call: ModelCall): AsyncGenerator<ChatEvent, void> {
    return this.#choices(call, (choice) => this.#streamed(choice));
  }

  /** One call a choice, all at once: Converse knows no `n`. */
  async *#choices(
    { model, request, cancellation }: ModelCall,
    open: (call: ChoiceCall) => AsyncIterable<ChatEvent>,
  ): AsyncGenerator<ChatEvent, void> {
    const converse = toConverseInput(request, model);
    if (!converse.ok) {
      yield { type: 'failure', failure: converse.failure };
      return;
    }
    const n = choicesAsked(request);
    if (n === 1) {
      yield* open({ ...converse.value, choice: 0, request, cancellation });
      return;
    }
    const group = cancellation.child();
    const streams = Array.from({ length: n }, (_, choice) =>
      open({ ...converse.value, choice, request, cancellation: group.cancellation }),
    );
    try {
      yield* mergeChoices(streams, () => group.cancellation.cancel());
    } finally {
      group.release();
    }
  }

  async *#whole(call: ChoiceCall): AsyncGenerator<ChatEvent, void> {
    const abort = new AbortController();
    const letGo = call.cancellation.onCancel(() => abort.abort());
    let answer: ConverseAnswer;
    try {
      const client = await this.#loaded();
      answer = await client.converse(call.input, abort.signal);
    } catch (thrown) {
      yield { type: 'failure', failure: failureOfException(thrown, { ...call, opened: false }) };
      return;
    } finally {
      letGo();
    }
    const translator = translatorOf(call, true);
    for (const event of eventsOfAnswer(answer)) yield* translator.push(event);
    yield* translator.end();
  }

  async *#streamed(call: ChoiceCall): AsyncGenerator<ChatEvent, void> {
    const abort = new AbortController();
    const letGo = call.cancellation.onCancel(() => abort.abort());
    const translator = translatorOf(call, false);
    let stream: AsyncIterator<ConverseEvent> | undefined;
    try {
      while (!translator.over) {
        let next: IteratorResult<ConverseEvent, unknown>;
        try {
          stream ??= await this.#opened(call, abort.signal);
          next = await stream.next();
        } catch (thrown) {
          const opened = stream !== undefined;
          yield* translator.fail(failureOfException(thrown, { ...call, opened }));
          return;
        }
        if (call.cancellation.cancelled) yield* translator.fail(callCancelled());
        else yield* next.done ? translator.end() : translator.push(next.value);
      }
    } finally {
      letGo();
      // Whoever stops reading early has no use for the rest.
      if (!translator.answered) abort.abort();
    }
  }

  async #opened(call: ChoiceCall, signal: AbortSignal): Promise<AsyncIterator<ConverseEvent>> {
    const client = await this.#loaded();
    const stream = await client.converseStream(call.input, signal);
    return stream[Symbol.asyncIterator]();
  }

  #loaded(): Promise<BedrockClient> {
    this.#client ??= this.#loadClient().catch((cause: unknown) => {
      this.#client = undefined;
      throw cause;
    });
    return this.#client;
  }
}

const translatorOf = ({ choice, structured }: ChoiceCall, whole: boolean): ConverseTranslator =>
  new ConverseTranslator({ choice, contentByTool: structured?.by === 'tool', whole });

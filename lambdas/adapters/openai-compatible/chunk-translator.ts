import type { ChatEvent } from '#core/chat/chat-event.ts';
import { type ChatRequest, choicesAsked } from '#core/chat/chat-request.ts';
import { endedEarly, interrupted, invalidAnswer } from '#core/chat/provider-failures.ts';
import type { Usage } from '#core/chat/usage.ts';
import type { Failure } from '#core/failures/failure.ts';
import { failureOfError, statesError } from './failure-of-error.ts';
import { finishReason } from './finish-reason.ts';
import { isJsonObject, type JsonObject, parseJson } from './json-object.ts';
import { readUsage } from './read-usage.ts';
import type { SseEvent } from './sse-parser.ts';
import { textIn } from './text-in.ts';
import { ToolCallReader } from './tool-call-reader.ts';

interface Choice {
  readonly calls: ToolCallReader;
  said: boolean;
  finished: boolean;
}

interface TranslatorParts {
  /** Name of the provider in messages. */
  readonly provider: string;
  readonly request: ChatRequest;
  readonly newToolCallId: () => string;
  /** A whole answer loses nothing by failing: no part of it has been passed on. */
  readonly whole: boolean;
}

const TEXTS = [
  ['reasoning', 'reasoning_content'],
  ['reasoning', 'reasoning'],
  ['content', 'content'],
  ['refusal', 'refusal'],
] as const;

/**
 * Turns the chunks of one answer into events. A whole answer is a single chunk to it.
 *
 * @see https://platform.openai.com/docs/api-reference/chat-streaming
 */
export class ChunkTranslator {
  readonly #parts: TranslatorParts;
  readonly #choices = new Map<number, Choice>();
  #usage: Usage | undefined;
  #begun = false;
  #over = false;
  #answered = false;

  constructor(parts: TranslatorParts) {
    this.#parts = parts;
  }

  /** Has the answer ended, well or badly? */
  get over(): boolean {
    return this.#over;
  }

  /** Has it ended well? */
  get answered(): boolean {
    return this.#answered;
  }

  push({ event, data }: SseEvent): readonly ChatEvent[] {
    if (this.#over) return [];
    if (data.trim() === '[DONE]') return this.end();
    const chunk = parseJson(data);
    if (event === 'error' || statesError(chunk)) {
      const { provider, request } = this.#parts;
      return this.fail(failureOfError(chunk ?? data, { provider, request }));
    }
    return this.read(chunk);
  }

  read(chunk: unknown): readonly ChatEvent[] {
    if (!isJsonObject(chunk)) {
      return this.fail(invalidAnswer(this.#parts.provider, 'sent something that is not a chunk'));
    }
    this.#usage = readUsage(chunk['usage']) ?? this.#usage;
    const choices: readonly unknown[] = Array.isArray(chunk['choices']) ? chunk['choices'] : [];
    return choices.flatMap((choice) => (isJsonObject(choice) ? [...this.#readChoice(choice)] : []));
  }

  /** The server has said all it will. */
  end(): readonly ChatEvent[] {
    if (this.#over) return [];
    if (this.#complete()) {
      this.#answered = true;
      return this.#close();
    }
    const { provider, whole } = this.#parts;
    return this.fail(
      whole
        ? invalidAnswer(provider, 'gave fewer finished choices than were asked for')
        : endedEarly(provider, this.#begun),
    );
  }

  /** Ends the answer: as an interruption once it has begun, and in peace once it is complete. */
  fail(failure: Failure): readonly ChatEvent[] {
    if (this.#over) return [];
    if (this.#complete()) return this.#close();
    const begun = this.#begun && !this.#parts.whole;
    // An answer that is of no use has been billed all the same.
    return [...this.#close(), { type: 'failure', failure: interrupted(failure, begun) }];
  }

  #complete(): boolean {
    const finished = [...this.#choices.values()].filter((choice) => choice.finished);
    return finished.length === choicesAsked(this.#parts.request);
  }

  #close(): readonly ChatEvent[] {
    this.#over = true;
    return this.#usage === undefined ? [] : [{ type: 'usage', usage: this.#usage }];
  }

  *#readChoice(stated: JsonObject): Generator<ChatEvent, void> {
    if (this.#over) return;
    const index = typeof stated['index'] === 'number' ? stated['index'] : 0;
    const choice = this.#choice(index);
    if (choice === undefined) {
      yield* this.fail(
        invalidAnswer(this.#parts.provider, `sent a choice that was not asked for, index ${index}`),
      );
      return;
    }
    if (choice.finished) return;
    const delta = stated['delta'] ?? stated['message'];
    if (isJsonObject(delta)) yield* this.#readDelta(index, choice, delta);
    else if (this.#parts.whole) {
      yield* this.fail(invalidAnswer(this.#parts.provider, 'gave a choice without a message'));
    }
    const word = stated['finish_reason'];
    if (typeof word === 'string' && word !== '') yield* this.#finish(index, choice, word);
  }

  #choice(index: number): Choice | undefined {
    const known = this.#choices.get(index);
    if (known !== undefined) return known;
    const { request, newToolCallId } = this.#parts;
    if (!Number.isInteger(index) || index < 0 || index >= choicesAsked(request)) return undefined;
    const calls = new ToolCallReader(index, newToolCallId);
    const choice: Choice = { calls, said: false, finished: false };
    this.#choices.set(index, choice);
    return choice;
  }

  *#readDelta(index: number, choice: Choice, delta: JsonObject): Generator<ChatEvent, void> {
    let reasoned = false;
    for (const [type, field] of TEXTS) {
      // Some servers send their reasoning under both names.
      if (type === 'reasoning' && reasoned) continue;
      const text = textIn(delta[field]);
      if (text === '') continue;
      if (type === 'reasoning') reasoned = true;
      else choice.said = true;
      this.#begun = true;
      yield { type, choice: index, text };
    }
    const calls = choice.calls.push(delta['tool_calls']);
    if (calls.length > 0) this.#begun = true;
    yield* calls;
  }

  *#finish(index: number, choice: Choice, word: string): Generator<ChatEvent, void> {
    const said = { content: choice.said, toolCalls: choice.calls.any };
    const reason = choice.calls.nameless ? undefined : finishReason(word, said);
    if (reason === undefined) {
      yield* this.fail(invalidAnswer(this.#parts.provider, 'stopped without a usable answer'));
      return;
    }
    yield* choice.calls.end();
    choice.finished = true;
    yield { type: 'finish', choice: index, reason };
  }
}

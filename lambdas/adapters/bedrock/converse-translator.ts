import type { ChatEvent, ToolCallEvent } from '#core/chat/chat-event.ts';
import type { FinishReason } from '#core/chat/chat-response.ts';
import { endedEarly, interrupted, invalidAnswer } from '#core/chat/provider-failures.ts';
import type { Failure } from '#core/failures/failure.ts';
import type { ConverseEvent } from './bedrock-client.ts';
import { finishReason } from './finish-reason.ts';
import { readUsage } from './read-usage.ts';

interface TranslatorParts {
  /** Index of the choice these events are for. */
  readonly choice: number;
  /** The answer is the input of a forced tool call: its JSON is the content. */
  readonly contentByTool: boolean;
  /** A whole answer loses nothing by failing: no part of it has been passed on. */
  readonly whole: boolean;
}

type Started = NonNullable<ConverseEvent['contentBlockStart']>;
type Delta = NonNullable<ConverseEvent['contentBlockDelta']>;

interface Call {
  readonly index: number;
  argued: boolean;
}

/**
 * Turns the events of one ConverseStream into chat events. One translator reads one answer.
 *
 * @see https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ConverseStreamOutput.html
 */
export class ConverseTranslator {
  readonly #parts: TranslatorParts;
  /** By Bedrock's index of the content block, which counts text blocks too. */
  readonly #calls = new Map<number, Call>();
  #text = '';
  #said = false;
  #begun = false;
  #finished = false;
  #over = false;
  #answered = false;

  constructor(parts: TranslatorParts) {
    this.#parts = parts;
  }

  /** Has the answer ended, well or badly? */
  get over(): boolean {
    return this.#over;
  }

  /** Has it ended well, and was it read to its end? */
  get answered(): boolean {
    return this.#answered;
  }

  push(event: ConverseEvent): readonly ChatEvent[] {
    if (this.#over) return [];
    if (event.contentBlockStart !== undefined) return this.#start(event.contentBlockStart);
    if (event.contentBlockDelta !== undefined) return this.#delta(event.contentBlockDelta);
    if (event.messageStop !== undefined) return this.#stop(event.messageStop.stopReason);
    if (event.metadata === undefined) return [];
    const usage = readUsage(event.metadata.usage);
    return usage === undefined ? [] : [{ type: 'usage', usage }];
  }

  /** Bedrock has said all it will. */
  end(): readonly ChatEvent[] {
    if (!this.#finished) return this.fail(endedEarly('bedrock', this.#begun));
    this.#over = true;
    this.#answered = true;
    return [];
  }

  /** Ends the answer: as an interruption once it has begun, and in peace once it is complete. */
  fail(failure: Failure): readonly ChatEvent[] {
    if (this.#over) return [];
    this.#over = true;
    if (this.#finished) return [];
    return [{ type: 'failure', failure: interrupted(failure, this.#begun && !this.#parts.whole) }];
  }

  #start({ start, contentBlockIndex }: Started): readonly ChatEvent[] {
    const { toolUseId: id = '', name = '' } = start?.toolUse ?? {};
    if (start?.toolUse === undefined) return [];
    const call: Call = { index: this.#calls.size, argued: false };
    this.#calls.set(contentBlockIndex ?? -1, call);
    if (this.#parts.contentByTool) return [];
    this.#begun = true;
    return [{ ...this.#callEvent(call, ''), id, name }];
  }

  #delta({ delta, contentBlockIndex }: Delta): readonly ChatEvent[] {
    if (delta?.text !== undefined) return this.#pushText(delta.text);
    const reasoning = delta?.reasoningContent?.text;
    if (reasoning !== undefined) return this.#say('reasoning', reasoning);
    const fragment = delta?.toolUse?.input;
    const call = this.#calls.get(contentBlockIndex ?? -1);
    if (!fragment || call === undefined) return [];
    call.argued = true;
    if (this.#parts.contentByTool) return call.index === 0 ? this.#say('content', fragment) : [];
    return [this.#callEvent(call, fragment)];
  }

  #pushText(text: string): readonly ChatEvent[] {
    // What a model says before the call that is its answer would spoil the JSON.
    if (this.#parts.contentByTool) {
      this.#text += text;
      return [];
    }
    return this.#say('content', text);
  }

  #say(type: 'content' | 'reasoning', text: string): readonly ChatEvent[] {
    if (text === '') return [];
    this.#begun = true;
    if (type === 'content') this.#said = true;
    return [{ type, choice: this.#parts.choice, text }];
  }

  #stop(word: string | undefined): readonly ChatEvent[] {
    const said = { content: this.#said, toolCalls: this.#calls.size > 0 };
    const reason = finishReason(word, said);
    if (reason === undefined) return this.fail(unusable(word));
    if (this.#parts.contentByTool) return this.#stopByTool(reason, word);
    return this.#finish(this.#unargued(), reason);
  }

  #stopByTool(reason: FinishReason, word: string | undefined): readonly ChatEvent[] {
    if (reason === 'tool_calls') {
      return this.#finish(this.#said ? [] : this.#say('content', '{}'), 'stop');
    }
    if (this.#said) return this.#finish([], reason);
    // Without the call there is no answer, unless the model was kept from giving one.
    if (reason === 'stop') return this.fail(unusable(word));
    return this.#finish(this.#say('content', this.#text), reason);
  }

  #finish(last: readonly ChatEvent[], reason: FinishReason): readonly ChatEvent[] {
    this.#finished = true;
    return [...last, { type: 'finish', choice: this.#parts.choice, reason }];
  }

  /** Bedrock sends no fragment for a call without arguments; its readers will parse JSON. */
  #unargued(): readonly ChatEvent[] {
    return [...this.#calls.values()]
      .filter((call) => !call.argued)
      .map((call) => this.#callEvent(call, '{}'));
  }

  #callEvent({ index }: Call, text: string): ToolCallEvent {
    return { type: 'tool-call', choice: this.#parts.choice, index, arguments: text };
  }
}

const unusable = (word: string | undefined): Failure =>
  invalidAnswer('bedrock', `stopped without a usable answer (${word ?? 'no stop reason'})`);

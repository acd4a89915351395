import {
  type ChatEvent,
  isContent,
  type TextEvent,
  type ToolCallEvent,
} from '../chat/chat-event.ts';
import { MAX_HOLD } from './detector.ts';
import type { FindingSink, GuardedText } from './guarded-text.ts';
import type { TextJudge } from './text-judge.ts';

type ContentEvent = TextEvent | ToolCallEvent;

/** One text of a choice: its content, refusal or reasoning, or one tool call's arguments. */
interface Channel {
  readonly name: string;
  readonly text: GuardedText;
}

const LOCATIONS = {
  content: 'content',
  refusal: 'refusal',
  reasoning: 'reasoning_content',
} as const;

/**
 * One choice of a stream.
 *
 * A channel speaks only when no channel that began before it keeps anything back; what it would
 * say waits. When more than `MAX_HOLD` characters wait, the earlier channels are flushed: a model
 * that interrupts an entity for that long has written two texts.
 */
export class GuardedChoice {
  readonly #index: number;
  readonly #judge: TextJudge;
  readonly #sink: FindingSink;
  /** In the order in which they began. */
  readonly #channels: Channel[] = [];
  #waiting: { readonly channel: Channel; readonly event: ContentEvent }[] = [];
  #blocked = false;

  constructor(index: number, judge: TextJudge, sink: FindingSink) {
    this.#index = index;
    this.#judge = judge;
    this.#sink = sink;
  }

  /** What may go out now. */
  push(event: ContentEvent | Extract<ChatEvent, { type: 'finish' }>): readonly ChatEvent[] {
    if (this.#blocked) return [];
    if (!isContent(event)) return this.#unlessBlocked([...this.#flushAll(), event]);
    const channel = this.#channelOf(event);
    const said = event.type === 'tool-call' ? event.arguments : event.text;
    const out = this.#say(channel, withText(event, channel.text.push(said)));
    out.push(...this.#release());
    if (this.#waitingLength() > MAX_HOLD) out.push(...this.#flushAll());
    return this.#unlessBlocked(out);
  }

  /** Lets go of everything, in order. */
  flush(): readonly ChatEvent[] {
    return this.#blocked ? [] : this.#unlessBlocked(this.#flushAll());
  }

  #flushAll(): readonly ChatEvent[] {
    const out: ChatEvent[] = [];
    for (const channel of this.#channels) {
      const rest = channel.text.flush();
      if (rest !== '') out.push(...this.#say(channel, this.#restEvent(channel, rest)));
      out.push(...this.#release());
    }
    return out;
  }

  /** A block anywhere ends the choice, and nothing of what was about to go out goes. */
  #unlessBlocked(events: readonly ChatEvent[]): readonly ChatEvent[] {
    if (!this.#channels.some(({ text }) => text.blocked)) return events;
    this.#blocked = true;
    this.#channels.length = 0;
    this.#waiting = [];
    return [{ type: 'finish', choice: this.#index, reason: 'content_filter' }];
  }

  #say(channel: Channel, event: ContentEvent): ChatEvent[] {
    if (isSilent(event)) return [];
    if (!this.#mustWait(channel)) return [event];
    this.#waiting.push({ channel, event });
    return [];
  }

  #release(): readonly ChatEvent[] {
    if (this.#waiting.length === 0) return [];
    const free = this.#waiting.filter(({ channel }) => !this.#mustWait(channel));
    this.#waiting = this.#waiting.filter(({ channel }) => this.#mustWait(channel));
    return free.map(({ event }) => event);
  }

  #mustWait(channel: Channel): boolean {
    for (const earlier of this.#channels) {
      if (earlier === channel) return false;
      if (earlier.text.holding) return true;
    }
    return false;
  }

  #waitingLength(): number {
    return this.#waiting.reduce((sum, { event }) => sum + textOf(event).length, 0);
  }

  #channelOf(event: ContentEvent): Channel {
    const name = event.type === 'tool-call' ? `${event.index}` : event.type;
    const known = this.#channels.find((channel) => channel.name === name);
    if (known !== undefined) return known;
    const place = `choices[${this.#index}]`;
    const text =
      event.type === 'tool-call'
        ? this.#judge.start('json', `${place}.tool_calls[${event.index}].arguments`, this.#sink)
        : this.#judge.start('plain', `${place}.${LOCATIONS[event.type]}`, this.#sink);
    const channel = { name, text };
    this.#channels.push(channel);
    return channel;
  }

  #restEvent({ name }: Channel, text: string): ContentEvent {
    const choice = this.#index;
    return name === 'content' || name === 'refusal' || name === 'reasoning'
      ? { type: name, choice, text }
      : { type: 'tool-call', choice, index: Number(name), arguments: text };
  }
}

const textOf = (event: ContentEvent): string =>
  event.type === 'tool-call' ? event.arguments : event.text;

function withText(event: ContentEvent, text: string): ContentEvent {
  if (textOf(event) === text) return event;
  return event.type === 'tool-call' ? { ...event, arguments: text } : { ...event, text };
}

/** Says nothing, and does not begin a tool call either. */
const isSilent = (event: ContentEvent): boolean =>
  textOf(event) === '' && (event.type !== 'tool-call' || event.id === undefined);

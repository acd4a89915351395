import type { ToolCallEvent } from '#core/chat/chat-event.ts';
import { isJsonObject } from './json-object.ts';

interface Call {
  /** Ours: dense from 0. */
  readonly index: number;
  readonly statedId: string | undefined;
  name: string | undefined;
  /** Arguments that came before the name. */
  held: string;
  announced: boolean;
  argued: boolean;
}

interface Fragment {
  readonly index: number | undefined;
  readonly id: string | undefined;
  readonly name: string | undefined;
  readonly arguments: string;
}

/**
 * Tells the tool calls of one choice apart, whatever a server leaves out: fragments without `index`,
 * `id` or `type`, one index for several calls, arguments as an object.
 */
export class ToolCallReader {
  readonly #choice: number;
  readonly #newId: () => string;
  readonly #calls: Call[] = [];
  readonly #byStatedIndex = new Map<number, Call>();

  constructor(choice: number, newId: () => string) {
    this.#choice = choice;
    this.#newId = newId;
  }

  get any(): boolean {
    return this.#calls.length > 0;
  }

  /** Did a call never get its name? */
  get nameless(): boolean {
    return this.#calls.some((call) => !call.announced);
  }

  push(fragments: unknown): ToolCallEvent[] {
    if (!Array.isArray(fragments)) return [];
    return fragments.flatMap((fragment: unknown) =>
      isJsonObject(fragment) ? this.#read(readFragment(fragment)) : [],
    );
  }

  /** Calls without arguments, as the JSON their readers will try to parse. */
  end(): ToolCallEvent[] {
    return this.#calls
      .filter((call) => call.announced && !call.argued)
      .map(({ index }) => this.#event(index, '{}'));
  }

  #read(fragment: Fragment): ToolCallEvent[] {
    const call = this.#find(fragment) ?? this.#begin(fragment);
    call.name ??= fragment.name;
    if (call.name === undefined) {
      call.held += fragment.arguments;
      return [];
    }
    const text = call.held + fragment.arguments;
    call.held = '';
    if (text !== '') call.argued = true;
    if (call.announced) return text === '' ? [] : [this.#event(call.index, text)];
    call.announced = true;
    const id = call.statedId ?? this.#newId();
    return [{ ...this.#event(call.index, text), id, name: call.name }];
  }

  #find({ index, id, name }: Fragment): Call | undefined {
    if (index !== undefined) {
      const known = this.#byStatedIndex.get(index);
      return id === undefined || known?.statedId === undefined || known.statedId === id
        ? known
        : undefined;
    }
    if (id !== undefined) return this.#calls.find((call) => call.statedId === id);
    const last = this.#calls.at(-1);
    return name !== undefined && last?.name !== undefined ? undefined : last;
  }

  #begin({ index, id }: Fragment): Call {
    const call: Call = {
      index: this.#calls.length,
      statedId: id,
      name: undefined,
      held: '',
      announced: false,
      argued: false,
    };
    this.#calls.push(call);
    if (index !== undefined) this.#byStatedIndex.set(index, call);
    return call;
  }

  #event(index: number, text: string): ToolCallEvent {
    return { type: 'tool-call', choice: this.#choice, index, arguments: text };
  }
}

function readFragment(fragment: { readonly [name: string]: unknown }): Fragment {
  const called = isJsonObject(fragment['function']) ? fragment['function'] : {};
  const { index } = fragment;
  const args = called['arguments'];
  return {
    index: typeof index === 'number' && Number.isInteger(index) ? index : undefined,
    id: filled(fragment['id']),
    name: filled(called['name']),
    arguments: typeof args === 'string' ? args : isJsonObject(args) ? JSON.stringify(args) : '',
  };
}

const filled = (value: unknown): string | undefined =>
  typeof value === 'string' && value !== '' ? value : undefined;

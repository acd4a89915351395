import type { ChatEvent, ToolCallEvent } from './chat-event.ts';
import type { ToolCall } from './chat-request.ts';
import type { ChatAnswer, ChatChoice, ChatResponse, FinishReason } from './chat-response.ts';

interface Draft {
  content: string;
  refusal: string;
  reasoning: string;
  readonly calls: Map<number, { id: string; name: string; arguments: string }>;
  reason: FinishReason | undefined;
}

/** Puts a streamed answer together again, as it would have come whole. */
export class AnswerAssembler {
  readonly #drafts = new Map<number, Draft>();
  /** UTF-16 units of everything said, tool calls included. */
  #length = 0;

  get length(): number {
    return this.#length;
  }

  push(event: ChatEvent): void {
    if (event.type === 'usage' || event.type === 'failure') return;
    const draft = this.#draft(event.choice);
    switch (event.type) {
      case 'finish':
        draft.reason = event.reason;
        return;
      case 'tool-call':
        this.#length += event.arguments.length;
        addToolCall(draft, event);
        return;
      default:
        this.#length += event.text.length;
        draft[event.type] += event.text;
    }
  }

  /** Only choices that were finished: what broke off is not an answer. */
  response(): ChatResponse {
    const choices: ChatChoice[] = [];
    for (const [index, draft] of [...this.#drafts].sort(([left], [right]) => left - right)) {
      if (draft.reason === undefined) continue;
      choices.push({ index, message: answerOf(draft), finish_reason: draft.reason });
    }
    return { choices };
  }

  /** Everything said so far, finished or not. */
  said(): readonly ChatAnswer[] {
    return [...this.#drafts.values()].map(answerOf);
  }

  #draft(choice: number): Draft {
    const known = this.#drafts.get(choice);
    if (known !== undefined) return known;
    const draft: Draft = {
      content: '',
      refusal: '',
      reasoning: '',
      calls: new Map(),
      reason: undefined,
    };
    this.#drafts.set(choice, draft);
    return draft;
  }
}

function addToolCall(draft: Draft, event: ToolCallEvent): void {
  const call = draft.calls.get(event.index) ?? { id: '', name: '', arguments: '' };
  draft.calls.set(event.index, {
    id: event.id ?? call.id,
    name: event.name ?? call.name,
    arguments: call.arguments + event.arguments,
  });
}

function answerOf(draft: Draft): ChatAnswer {
  const calls = [...draft.calls].sort(([left], [right]) => left - right);
  return {
    content:
      draft.content === '' && (calls.length > 0 || draft.refusal !== '') ? null : draft.content,
    refusal: draft.refusal === '' ? null : draft.refusal,
    ...(draft.reasoning === '' ? {} : { reasoning_content: draft.reasoning }),
    ...(calls.length === 0
      ? {}
      : {
          tool_calls: calls.map(
            ([, { id, name, arguments: text }]): ToolCall => ({
              id,
              type: 'function',
              function: { name, arguments: text },
            }),
          ),
        }),
  };
}

/** A whole answer as the events it would have been streamed as. */
export function* eventsOf({ choices, usage }: ChatResponse): Generator<ChatEvent, void> {
  for (const { index: choice, message, finish_reason: reason } of choices) {
    const reasoning = message.reasoning_content;
    if (reasoning !== undefined) yield { type: 'reasoning', choice, text: reasoning };
    if (message.content) yield { type: 'content', choice, text: message.content };
    if (message.refusal) yield { type: 'refusal', choice, text: message.refusal };
    for (const [index, { id, function: call }] of (message.tool_calls ?? []).entries()) {
      yield { type: 'tool-call', choice, index, id, name: call.name, arguments: call.arguments };
    }
    yield { type: 'finish', choice, reason };
  }
  if (usage !== undefined) yield { type: 'usage', usage };
}

import type { ChatEvent, ToolCallEvent } from '#core/chat/chat-event.ts';
import type { ChatResponse } from '#core/chat/chat-response.ts';
import type { MeteredUsage } from '#core/chat/usage.ts';
import type { Assessment } from '#core/guardrail/finding.ts';

/** What every part of one answer has in common. */
export interface AnswerHead {
  /** The inference's ULID. */
  readonly id: string;
  readonly createdMs: number;
  /** `provider/model` that answered. */
  readonly model: string;
}

/** @see https://platform.openai.com/docs/api-reference/chat/object */
export function serializeAnswer(
  head: AnswerHead,
  response: ChatResponse,
  usage: MeteredUsage,
  guardrail: Assessment,
): string {
  return JSON.stringify({
    id: `chatcmpl-${head.id}`,
    object: 'chat.completion',
    created: Math.floor(head.createdMs / 1000),
    model: head.model,
    choices: response.choices.map(({ index, message, finish_reason }) => ({
      index,
      message: { role: 'assistant', ...message },
      logprobs: null,
      finish_reason,
    })),
    usage: usageWithSource(usage),
    system_fingerprint: null,
    ...guardrailNote(guardrail),
  });
}

const usageWithSource = ({ usage, source }: MeteredUsage) => ({ ...usage, usage_source: source });

/** Our extension: what the guardrail did, where it did anything. */
function guardrailNote(guardrail: Assessment): { guardrail?: object } {
  if (guardrail.verdict === 'allow') return {};
  const findings = guardrail.findings.map(({ detector, action, location }) => ({
    detector,
    action,
    location,
  }));
  return { guardrail: { verdict: guardrail.verdict, findings } };
}

/**
 * Writes events as chunks of one stream: same id, created and model in all, role in the first delta
 * of each choice.
 *
 * @see https://platform.openai.com/docs/api-reference/chat-streaming
 */
export class ChunkSerializer {
  readonly #prefix: string;
  readonly #includeUsage: boolean;
  readonly #begun = new Set<number>();

  constructor(head: AnswerHead, includeUsage: boolean) {
    const common = JSON.stringify({
      id: `chatcmpl-${head.id}`,
      object: 'chat.completion.chunk',
      created: Math.floor(head.createdMs / 1000),
      model: head.model,
      system_fingerprint: null,
    });
    this.#prefix = `data: ${common.slice(0, -1)}`;
    this.#includeUsage = includeUsage;
  }

  /** One whole SSE frame; undefined for an event that has none. */
  frame(event: ChatEvent, guardrail: Assessment): string | undefined {
    if (event.type === 'usage' || event.type === 'failure') return undefined;
    const first = !this.#begun.has(event.choice);
    this.#begun.add(event.choice);
    if (event.type === 'finish') {
      const delta = first ? '{"role":"assistant","content":""}' : '{}';
      const note = JSON.stringify(guardrailNote(guardrail)).slice(1, -1);
      return this.#chunk(event.choice, delta, `"${event.reason}"`, note === '' ? '' : `,${note}`);
    }
    const role = first ? '"role":"assistant",' : '';
    const delta =
      event.type === 'tool-call'
        ? `{${role}${first ? '"content":null,' : ''}"tool_calls":[${toolCallDelta(event)}]}`
        : `{${role}"${DELTA_FIELDS[event.type]}":${JSON.stringify(event.text)}}`;
    return this.#chunk(event.choice, delta, 'null', '');
  }

  usageFrame(usage: MeteredUsage): string | undefined {
    if (!this.#includeUsage) return undefined;
    return `${this.#prefix},"choices":[],"usage":${JSON.stringify(usageWithSource(usage))}}\n\n`;
  }

  #chunk(choice: number, delta: string, reason: string, note: string): string {
    const usage = this.#includeUsage ? ',"usage":null' : '';
    return `${this.#prefix},"choices":[{"index":${choice},"delta":${delta},"logprobs":null,"finish_reason":${reason}}]${usage}${note}}\n\n`;
  }
}

const DELTA_FIELDS = {
  content: 'content',
  refusal: 'refusal',
  reasoning: 'reasoning_content',
} as const;

function toolCallDelta(event: ToolCallEvent): string {
  const { index, id, name } = event;
  return JSON.stringify(
    id === undefined
      ? { index, function: { arguments: event.arguments } }
      : { index, id, type: 'function', function: { name, arguments: event.arguments } },
  );
}

import type { ChatEvent } from '#core/chat/chat-event.ts';
import type { ChatRequest } from '#core/chat/chat-request.ts';
import type { ModelCall, ModelProvider } from '#core/chat/model-provider.ts';
import type { Failure } from '#core/failures/failure.ts';
import { Cancellation } from '#core/time/cancellation.ts';

/** A request that greets. */
export const aRequest = (changes: Partial<ChatRequest> = {}): ChatRequest => ({
  model: 'chat-default',
  messages: [{ role: 'user', content: 'Greet the world, please.' }],
  max_completion_tokens: 100,
  ...changes,
});

export const aCall = (
  model: string,
  changes: Partial<ChatRequest> = {},
  cancellation = new Cancellation(),
): ModelCall => ({ model, request: aRequest(changes), cancellation });

/** Everything a provider streams. */
export async function streamed(provider: ModelProvider, call: ModelCall): Promise<ChatEvent[]> {
  const events: ChatEvent[] = [];
  for await (const event of provider.stream(call)) events.push(event);
  return events;
}

/** What was said in the first choice. */
export const contentOf = (events: readonly ChatEvent[], choice = 0): string =>
  events
    .map((event) => (event.type === 'content' && event.choice === choice ? event.text : ''))
    .join('');

/** The failure a stream ended with. */
export function failureIn(events: readonly ChatEvent[]): Failure {
  const last = events.at(-1);
  if (last?.type !== 'failure') throw new Error(`expected a failure, got '${last?.type}'`);
  return last.failure;
}

export async function failureOf(provider: ModelProvider, call: ModelCall): Promise<Failure> {
  const outcome = await provider.complete(call);
  if (outcome.ok) throw new Error('expected a failure, got an answer');
  return outcome.failure;
}

export const WEATHER_TOOL = {
  type: 'function',
  function: {
    name: 'get_weather',
    description: 'Weather in a city.',
    parameters: {
      type: 'object',
      properties: { city: { type: 'string', default: 'Ulm' } },
      required: ['city'],
    },
  },
} as const;

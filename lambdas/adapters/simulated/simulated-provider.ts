import { type ChatEvent, isContent } from '#core/chat/chat-event.ts';
import { choicesAsked } from '#core/chat/chat-request.ts';
import type { ChatResponse } from '#core/chat/chat-response.ts';
import { collectAnswer } from '#core/chat/collect-answer.ts';
import type { ModelCall, ModelProvider } from '#core/chat/model-provider.ts';
import { callCancelled, invalidAnswer, misconfigured } from '#core/chat/provider-failures.ts';
import { usageOf } from '#core/chat/usage.ts';
import { failed, type Outcome } from '#core/failures/outcome.ts';
import type { Clock } from '#core/time/clock.ts';
import { error500, malformed, streamError, throttle, timeout, truncate } from './failing-models.ts';
import { promptTokens, tokensOf } from './pieces.ts';
import type { SimulatedModel } from './simulated-model.ts';
import { echo, lorem, pii, slow } from './talking-models.ts';
import { toolCall } from './tool-calling-model.ts';

const MODELS: ReadonlyMap<string, SimulatedModel> = new Map<string, SimulatedModel>([
  ['echo', echo],
  ['lorem', lorem],
  ['slow', slow],
  ['error-500', error500],
  ['throttle', throttle],
  ['timeout', timeout],
  ['truncate', truncate],
  ['malformed', malformed],
  ['tool-call', toolCall],
  ['pii', pii],
  ['stream-error', streamError],
]);

/** Names of the simulated chat models, without a provider's prefix. */
export const simulatedModels: readonly string[] = [...MODELS.keys()];

interface SimulatedProviderParts {
  readonly clock: Pick<Clock, 'sleep'>;
  /**
   * Pause between two streamed events, in milliseconds.
   *
   * @default 5
   */
  readonly chunkMs?: number;
  /**
   * How long the model `slow` thinks, in milliseconds.
   *
   * @default 3_000
   */
  readonly slowMs?: number;
}

/**
 * Answers without any model, and misbehaves on request: for local wiring only. The same request
 * always gets the same answer; a token is a run of up to six characters.
 */
export class SimulatedProvider implements ModelProvider {
  readonly #clock: Pick<Clock, 'sleep'>;
  readonly #chunkMs: number;
  readonly #slowMs: number;

  constructor({ clock, chunkMs = 5, slowMs = 3_000 }: SimulatedProviderParts) {
    this.#clock = clock;
    this.#chunkMs = chunkMs;
    this.#slowMs = slowMs;
  }

  /** Whatever is asked: it means nothing to a model that does not think. */
  unsupportedParameter(): undefined {
    return undefined;
  }

  async complete(call: ModelCall): Promise<Outcome<ChatResponse>> {
    const events: ChatEvent[] = [];
    for await (const event of this.#play(call)) events.push(event);
    const answer = collectAnswer(events);
    // A whole answer cannot be interrupted: what broke off is no answer at all.
    return !answer.ok && answer.failure.code.startsWith('stream_')
      ? failed(invalidAnswer('simulated', 'sent half an answer', answer.failure))
      : answer;
  }

  async *stream(call: ModelCall): AsyncGenerator<ChatEvent, void> {
    for await (const event of this.#play(call)) {
      if (isContent(event) && this.#chunkMs > 0) {
        await this.#clock.sleep(this.#chunkMs, call.cancellation);
      }
      if (call.cancellation.cancelled) {
        yield cancelled();
        return;
      }
      yield event;
    }
  }

  async *#play({ model, request, cancellation }: ModelCall): AsyncGenerator<ChatEvent, void> {
    const play = MODELS.get(model);
    if (play === undefined) {
      const known = simulatedModels.join(', ');
      const failure = misconfigured('simulated', `it has no model '${model}' but ${known}`);
      yield { type: 'failure', failure };
      return;
    }
    const pause = () => this.#clock.sleep(this.#slowMs, cancellation);
    let completion = 0;
    for (let choice = 0; choice < choicesAsked(request); choice += 1) {
      let said = '';
      for await (const event of play({ request, choice, cancellation, pause })) {
        const shown = cancellation.cancelled ? cancelled() : event;
        yield shown;
        if (shown.type === 'failure') return;
        said += textSaid(shown);
      }
      completion += tokensOf(said).length;
    }
    yield { type: 'usage', usage: usageOf({ prompt: promptTokens(request), completion }) };
  }
}

const cancelled = (): ChatEvent => ({ type: 'failure', failure: callCancelled() });

function textSaid(event: ChatEvent): string {
  if (!isContent(event)) return '';
  return event.type === 'tool-call' ? event.arguments : event.text;
}

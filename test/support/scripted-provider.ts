import type { ChatEvent } from '#core/chat/chat-event.ts';
import type { ChatResponse } from '#core/chat/chat-response.ts';
import type { ModelCall, ModelProvider } from '#core/chat/model-provider.ts';
import { usageOf } from '#core/chat/usage.ts';
import { Failure, type FailureCode } from '#core/failures/failure.ts';
import { failed, type Outcome, succeeded } from '#core/failures/outcome.ts';

type Step = ChatEvent | 'hang' | 'throw';

const USAGE = usageOf({ prompt: 7, completion: 5 });

export const says = (text: string): ChatEvent => ({ type: 'content', choice: 0, text });
export const finishes: ChatEvent = { type: 'finish', choice: 0, reason: 'stop' };
export const bills: ChatEvent = { type: 'usage', usage: USAGE };
export const fails = (code: FailureCode): ChatEvent => ({
  type: 'failure',
  failure: new Failure(code, `scripted ${code}`),
});

/** Plays one script per call, the last one for ever; keeps every call it got. */
export class ScriptedProvider implements ModelProvider {
  readonly calls: ModelCall[] = [];
  cancelled = 0;
  unsupported: string | undefined;
  readonly #scripts: (readonly Step[])[];

  constructor(...scripts: (readonly Step[])[]) {
    this.#scripts = scripts;
  }

  unsupportedParameter(request: object): string | undefined {
    return this.unsupported !== undefined && this.unsupported in request
      ? this.unsupported
      : undefined;
  }

  async complete(call: ModelCall): Promise<Outcome<ChatResponse>> {
    let content = '';
    let usage: ChatResponse['usage'];
    for await (const event of this.stream(call)) {
      if (event.type === 'failure') return failed(event.failure);
      if (event.type === 'content') content += event.text;
      if (event.type === 'usage') usage = event.usage;
    }
    const message = { content, refusal: null };
    return succeeded({
      choices: [{ index: 0, message, finish_reason: 'stop' }],
      ...(usage === undefined ? {} : { usage }),
    });
  }

  async *stream(call: ModelCall): AsyncGenerator<ChatEvent> {
    const script = this.#scripts[Math.min(this.calls.length, this.#scripts.length - 1)] ?? [];
    this.calls.push(call);
    for (const step of script) {
      if (step === 'throw') throw new Error('a defect in the provider');
      if (step === 'hang') {
        await new Promise<void>((resolve) => call.cancellation.onCancel(resolve));
        this.cancelled += 1;
        return;
      }
      yield step;
    }
  }
}

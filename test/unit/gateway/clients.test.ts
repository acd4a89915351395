import { describe, expect, it } from 'vitest';
import { CollectingResponder } from '../../support/collecting-responder.ts';
import { aGateway, ask, chat } from '../../support/gateway.ts';
import { aPlatform } from '../../support/inference.ts';
import { bills, finishes, ScriptedProvider, says } from '../../support/scripted-provider.ts';

const answering = () => new ScriptedProvider([says('he'), says('llo'), finishes, bills]);

describe('a client that does not read', () => {
  it('is given up at the deadline, and its record is closed', async () => {
    const setting = aPlatform({ providers: { a: answering() }, route: { deadlineMs: 10_000 } });
    const stuck = new StuckResponder();

    const asking = ask(aGateway(setting.ports), {
      body: chat('hi', { stream: true }),
      responder: stuck,
      deadlineMs: setting.clock.nowMs() + 10_000,
    });
    await setting.clock.advance(10_000);
    await asking;

    expect(stuck.aborted).toBe(true);
    expect(setting.audit.completions).toHaveLength(1);
    expect(setting.quotas.open.size).toBe(0);
  });
});

/** A peer that takes nothing until it is given up. */
class StuckResponder extends CollectingResponder {
  #release: () => void = () => {};

  override write(): Promise<void> {
    if (this.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      this.#release = resolve;
    });
  }

  override abort(): void {
    super.abort();
    this.#release();
  }
}

describe('an answer sent back with the next turn', () => {
  it('is taken as the gateway itself gave it', async () => {
    const provider = new ScriptedProvider([
      { type: 'reasoning', choice: 0, text: 'hm' },
      says('hello'),
      finishes,
    ]);
    const gateway = aGateway(aPlatform({ providers: { a: provider } }).ports);
    const first = JSON.parse((await ask(gateway, { body: chat('hi') })).body);
    const { message } = first.choices[0];

    const second = await ask(gateway, {
      body: {
        model: 'chat',
        messages: [
          { role: 'user', content: 'hi' },
          { ...message, reasoning_content: 'hm', annotations: [], tool_calls: null, audio: null },
          { role: 'user', content: 'and?' },
        ],
      },
    });

    expect(second.status).toBe(200);
    expect(provider.calls.at(-1)?.request.messages[1]).toEqual({
      role: 'assistant',
      content: 'hello',
    });
  });
});

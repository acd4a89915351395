import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ChatEvent } from '#core/chat/chat-event.ts';
import { textOf } from '#core/chat/chat-request.ts';
import type { ModelCall, ModelProvider } from '#core/chat/model-provider.ts';
import { usageOf } from '#core/chat/usage.ts';
import { succeeded } from '#core/failures/outcome.ts';
import { CollectingResponder } from '../../support/collecting-responder.ts';
import { aGateway, ask, chat, framesOf } from '../../support/gateway.ts';
import { aCaller, aPlatform } from '../../support/inference.ts';

const STREAMS = 500;

/** Says the last message back, a few letters at a time, yielding to all others in between. */
const echo: ModelProvider = {
  unsupportedParameter: () => undefined,
  complete: async ({ request }) =>
    succeeded({
      choices: [
        {
          index: 0,
          message: { content: textOf(request.messages.at(-1)?.content), refusal: null },
          finish_reason: 'stop',
        },
      ],
    }),
  async *stream({ request }: ModelCall): AsyncGenerator<ChatEvent> {
    const text = textOf(request.messages.at(-1)?.content);
    for (let at = 0; at < text.length; at += 7) {
      await new Promise((resolve) => setImmediate(resolve));
      yield { type: 'content', choice: 0, text: text.slice(at, at + 7) };
    }
    yield { type: 'finish', choice: 0, reason: 'stop' };
    yield { type: 'usage', usage: usageOf({ prompt: text.length, completion: text.length }) };
  },
};

describe('one gateway, many requests at once', () => {
  it(`keeps ${STREAMS} interleaved streams apart, and their records and bills`, async () => {
    const { ports, audit, quotas } = aPlatform({ providers: { a: echo } });
    const gateway = aGateway(ports);
    const texts = Array.from({ length: STREAMS }, (_, index) =>
      `${index}:`.repeat((index % 23) + 1),
    );

    const answers = await Promise.all(
      texts.map((text, index) => {
        const yielding = () => new Promise<void>((resolve) => setImmediate(resolve));
        return ask(gateway, {
          body: chat(text, { stream: true }),
          caller: aCaller({ tenantId: `tenant-${index}`, keyId: `key-${index}` }),
          responder: new CollectingResponder(index % 3 === 0 ? yielding : undefined),
        });
      }),
    );

    for (const [index, text] of texts.entries()) {
      const id = answers[index]?.headers['x-request-id'];
      const frames = framesOf(answers[index]?.body ?? '')
        .slice(0, -1)
        .map((frame) => JSON.parse(frame));
      const completion = audit.completions.find((record) => record.id === id);
      expect(frames.map((chunk) => chunk.choices[0].delta.content ?? '').join('')).toBe(text);
      expect(new Set(frames.map((chunk) => chunk.id))).toEqual(new Set([`chatcmpl-${id}`]));
      expect(completion).toMatchObject({ tenantId: `tenant-${index}`, keyId: `key-${index}` });
      expect(completion?.usage?.usage.total_tokens).toBe(2 * text.length);
      expect(quotas.settled.find((settled) => settled.id === id)?.used.tokens).toBe(
        2 * text.length,
      );
    }
    expect(quotas.open.size).toBe(0);
  });
});

describe('arbitrary bodies', () => {
  it('always get an answer in the shape of the OpenAI API, and never a 500', async () => {
    const { ports } = aPlatform({ providers: { a: echo } });
    const gateway = aGateway(ports);
    const body = fc.oneof(
      fc.json({ maxDepth: 6 }),
      fc.string({ unit: 'binary' }),
      fc
        .record({ model: fc.constant('chat'), messages: fc.jsonValue() })
        .map((value) => JSON.stringify(value)),
      fc
        .dictionary(
          fc.constantFrom('n', 'stop', 'tools', 'stream', 'temperature', 'seed'),
          fc.jsonValue(),
        )
        .map((rest) => JSON.stringify({ ...chat('x'), ...rest })),
    );

    await fc.assert(
      fc.asyncProperty(body, async (text) => {
        const answer = await ask(gateway, { body: text });

        expect(answer.ended).toBe(true);
        expect([200, 400, 404, 503]).toContain(answer.status);
        if (answer.status === 200) return;
        expect(JSON.parse(answer.body).error).toEqual({
          message: expect.any(String),
          type: expect.any(String),
          param: expect.toSatisfy((param) => param === null || typeof param === 'string'),
          code: expect.any(String),
        });
      }),
      { numRuns: 300 },
    );
  });
});

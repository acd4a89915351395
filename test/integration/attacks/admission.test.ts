import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ModelProvider } from '#core/chat/model-provider.ts';
import type { Guard } from '#core/guardrail/guard.ts';
import type { InferencePorts } from '#core/inference/inference-ports.ts';
import type { Reservation } from '#core/quota/quota-store.ts';
import type { Door } from '#runtime/http.ts';
import { aGateway, ask, chat } from '../../support/gateway.ts';
import { aPlatform, openGuard } from '../../support/inference.ts';
import { MemoryAuditLog } from '../../support/memory-audit-log.ts';
import { MemoryQuotaStore } from '../../support/memory-quota-store.ts';
import { attack } from './rows.ts';

const SECRET = 'what the model said';

/** A door with every port watched: what happened, in order. */
function watched(makeDoor: (ports: InferencePorts) => Door) {
  const steps: string[] = [];
  const note = <T>(step: string, value: T): T => {
    steps.push(step);
    return value;
  };
  const provider: ModelProvider = {
    unsupportedParameter: () => undefined,
    complete: async () => {
      note('model', undefined);
      const message = { role: 'assistant' as const, content: SECRET, refusal: null };
      const usage = { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 };
      const details = {
        prompt_tokens_details: { cached_tokens: 0 },
        completion_tokens_details: { reasoning_tokens: 0 },
      };
      return {
        ok: true,
        value: {
          choices: [{ index: 0, message, finish_reason: 'stop' }],
          usage: { ...usage, ...details },
        },
      };
    },
    async *stream() {
      note('model', undefined);
      yield { type: 'content', choice: 0, text: SECRET };
      yield { type: 'finish', choice: 0, reason: 'stop' };
    },
  };
  const guard: Guard = {
    ...openGuard,
    input: (request) => note('guard in', openGuard.input(request)),
    output: (response) => note('guard out', openGuard.output(response)),
    stream: () => {
      const inner = openGuard.stream();
      return {
        push: (event) => note('guard out', inner.push(event)),
        end: () => inner.end(),
        assessment: inner.assessment,
      };
    },
  };
  const { ports } = aPlatform({ providers: { only: provider }, guard });
  const quotas = new MemoryQuotaStore();
  const audit = new MemoryAuditLog();
  const door = makeDoor({
    ...ports,
    quotas: {
      reserve: async (request) => note('reserve', await quotas.reserve(request)),
      settle: async (reservation, used) =>
        note('settle', await quotas.settle(reservation as Reservation, used)),
    },
    audit: {
      writeIntent: async (intent) => note('intent', await audit.writeIntent(intent)),
      writeCompletion: async (completion) =>
        note('completion', await audit.writeCompletion(completion)),
    },
  });
  return { door, steps };
}

const asked = {
  model: fc.constant('chat'),
  messages: fc.constant([{ role: 'user', content: 'hello' }]),
  stream: fc.boolean(),
  max_tokens: fc.integer({ min: 1, max: 200 }),
};

/** Whatever a client may send: often right, often not. */
const anyBody = fc.oneof(
  { arbitrary: fc.record(asked, { requiredKeys: ['model', 'messages'] }), weight: 3 },
  fc.record({
    ...asked,
    model: fc.constantFrom('chat', 'nope'),
    max_tokens: fc.integer({ min: -1, max: 5_000 }),
    metadata: fc.dictionary(fc.string(), fc.string(), { maxKeys: 2 }),
    user: fc.string(),
  }),
  fc.record({ ...asked, ballast: fc.constant({ skip: 'everything' }) }),
  fc.json().map((text) => JSON.parse(text) as unknown),
);

const anyHeaders = fc.dictionary(
  fc.constantFrom('x-guardrail', 'x-skip-audit', 'x-ballast-admin', 'prefer', 'x-tenant-id'),
  fc.constantFrom('off', 'true', 'globex'),
);

/** Throws when any request gets past a step; gives how many reached the model. */
async function walk(makeDoor: (ports: InferencePorts) => Door): Promise<number> {
  let reached = 0;
  await fc.assert(
    fc.asyncProperty(anyBody, anyHeaders, async (body, headers) => {
      const { door, steps } = watched(makeDoor);
      const answer = await ask(door, { body, headers });
      const called = steps.indexOf('model');
      const before = called < 0 ? steps : steps.slice(0, called);
      if (called >= 0) {
        reached += 1;
        expect(before).toEqual(expect.arrayContaining(['reserve', 'intent', 'guard in']));
        expect(steps.filter((step) => step === 'settle')).toHaveLength(1);
      }
      if (answer.body.includes(SECRET)) expect(steps).toContain('guard out');
      if (answer.status === 200)
        expect(steps.filter((step) => step === 'completion')).toHaveLength(1);
      if ((answer.status ?? 0) >= 400) {
        expect(answer.headers['x-request-id']).toMatch(/^[0-9A-Z]{26}$/);
        expect(Object.keys(JSON.parse(answer.body).error)).toHaveLength(4);
      }
    }),
    { numRuns: 300 },
  );
  return reached;
}

describe(attack('A02'), () => {
  it('gets nowhere, whatever a body or header says', async () => {
    expect(await walk(aGateway)).toBeGreaterThan(50);
  });

  it.each<[string, (ports: InferencePorts) => InferencePorts]>([
    ['without a reservation', (ports) => ({ ...ports, quotas: new MemoryQuotaStore() })],
    ['without an intent', (ports) => ({ ...ports, audit: new MemoryAuditLog() })],
    ['without a guardrail', (ports) => ({ ...ports, guards: new Map([['off', openGuard]]) })],
  ])('would be seen: a gateway that calls models %s', async (_what, plant) => {
    await expect(walk((ports) => aGateway(plant(ports)))).rejects.toThrow();
  });

  it('would be seen: an endpoint of its own that asks the model directly', async () => {
    const shortCut =
      (ports: InferencePorts): Door =>
      async (request, responder, invocation) => {
        const [provider] = ports.providers.values();
        const outcome = await provider?.complete({
          model: 'm',
          request: JSON.parse(request.body),
          cancellation: invocation.disconnected,
        });
        responder.start(200, {});
        await responder.end(JSON.stringify(outcome));
      };

    await expect(walk(shortCut)).rejects.toThrow();
  });

  it('counts as one inference when it is asked once', async () => {
    const { door, steps } = watched(aGateway);

    await ask(door, { body: chat('hello') });

    expect([...steps].sort()).toEqual(
      ['completion', 'guard in', 'guard out', 'intent', 'model', 'reserve', 'settle'].sort(),
    );
  });
});

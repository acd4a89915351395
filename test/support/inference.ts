import { RefusalLimiter } from '#core/audit/refusal-limiter.ts';
import type { ChatEvent } from '#core/chat/chat-event.ts';
import type { ChatRequest } from '#core/chat/chat-request.ts';
import type { ModelProvider } from '#core/chat/model-provider.ts';
import { NOTHING_FOUND } from '#core/guardrail/finding.ts';
import type { Guard } from '#core/guardrail/guard.ts';
import type { Caller } from '#core/identity/caller.ts';
import type { ChatInference, ServedChat } from '#core/inference/chat-inference.ts';
import type { InferenceObserver, InferenceSummary } from '#core/inference/inference-observer.ts';
import type { InferencePorts } from '#core/inference/inference-ports.ts';
import { Circuits } from '#core/resilience/circuits.ts';
import { RetryBudget } from '#core/resilience/retry-budget.ts';
import { type Route, type Target, targetName } from '#core/routing/route.ts';
import { Cancellation } from '#core/time/cancellation.ts';
import { formatUlid } from '#core/time/ulid.ts';
import { sha256 } from '#runtime/host.ts';
import { MemoryAuditLog } from './memory-audit-log.ts';
import { MemoryQuotaStore } from './memory-quota-store.ts';
import { TestClock } from './test-clock.ts';

export const aCaller = (changes: Partial<Caller> = {}): Caller => ({
  tenantId: 'acme',
  keyId: 'key-1',
  scopes: ['ballast/inference'],
  limits: { tenant: {} },
  bodies: 'redacted',
  ...changes,
});

export const aTarget = (provider: string, changes: Partial<Target> = {}): Target => ({
  provider,
  model: 'm',
  weight: 0,
  maxOutputTokens: 1000,
  ...changes,
});

export const aRoute = (targets: readonly Target[], changes: Partial<Route> = {}): Route => ({
  name: 'chat',
  description: '',
  targets,
  defaultMaxTokens: 100,
  firstByteTimeoutMs: 30_000,
  idleTimeoutMs: 60_000,
  answerTimeoutMs: 120_000,
  deadlineMs: 300_000,
  commitAfterMs: 20_000,
  maxAttempts: 3,
  dropParams: false,
  guardrailPolicy: 'off',
  ...changes,
});

export const openGuard: Guard = {
  policyId: 'off',
  policyHash: '0',
  input: (request) => ({ assessment: NOTHING_FOUND, request }),
  output: (response) => ({ assessment: NOTHING_FOUND, response }),
  stream: () => ({ push: (event) => [event], end: () => [], assessment: NOTHING_FOUND }),
};

class RecordingObserver implements InferenceObserver {
  readonly summaries: InferenceSummary[] = [];
  readonly opened: string[] = [];
  readonly degradations: string[] = [];

  finished(summary: InferenceSummary): void {
    this.summaries.push(summary);
  }

  circuitOpened(target: string): void {
    this.opened.push(target);
  }

  degraded(what: string): void {
    this.degradations.push(what);
  }
}

interface Setting {
  readonly providers: Readonly<Record<string, ModelProvider>>;
  readonly route?: Partial<Route>;
  readonly guard?: Guard;
}

/** A platform in memory with one route, whose targets are the given providers in order. */
export function aPlatform({ providers, route = {}, guard = openGuard }: Setting) {
  const clock = new TestClock();
  const audit = new MemoryAuditLog();
  const quotas = new MemoryQuotaStore();
  const observer = new RecordingObserver();
  const served = aRoute(
    Object.keys(providers).map((name) => aTarget(name)),
    route,
  );
  const prices = served.targets.map((target) => [
    targetName(target),
    { inputNanoUsd: 1_000, outputNanoUsd: 2_000 },
  ]);
  const ports: InferencePorts = {
    clock,
    random: () => 0.5,
    hash: sha256,
    routes: { route: (name) => (name === served.name ? served : undefined), all: () => [served] },
    guards: new Map([[served.guardrailPolicy, guard]]),
    providers: new Map(Object.entries(providers)),
    prices: Object.fromEntries(prices),
    quotas,
    audit,
    spill: audit,
    refusals: new RefusalLimiter(),
    circuits: new Circuits(),
    retryBudget: new RetryBudget(),
    observer,
  };
  return { ports, clock, audit, quotas, observer };
}

let made = 0;

export function anInference(
  clock: TestClock,
  request: Partial<ChatRequest> = {},
  changes: Partial<ChatInference> = {},
): ChatInference {
  made += 1;
  const startedAtMs = clock.nowMs();
  return {
    id: formatUlid(startedAtMs, [made % 32, (made >> 5) % 32, (made >> 10) % 32]),
    startedAtMs,
    caller: aCaller(),
    request: { model: 'chat', messages: [{ role: 'user', content: 'hello there' }], ...request },
    requestHash: sha256('body'),
    deadlineMs: startedAtMs + 900_000,
    disconnected: new Cancellation(),
    ...changes,
  };
}

/** Everything a streamed answer says; fails when the answer is not a stream. */
export async function eventsOf(served: ServedChat): Promise<ChatEvent[]> {
  if (served.answer.kind !== 'stream') throw new Error(`not a stream: ${served.answer.kind}`);
  const events: ChatEvent[] = [];
  for await (const event of served.answer.stream.events) events.push(event);
  return events;
}

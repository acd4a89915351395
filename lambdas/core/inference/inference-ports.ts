import type { AuditLog, AuditSpill } from '../audit/audit-log.ts';
import type { RefusalLimiter } from '../audit/refusal-limiter.ts';
import type { ModelProvider } from '../chat/model-provider.ts';
import type { Guard } from '../guardrail/guard.ts';
import type { PriceTable } from '../quota/price.ts';
import type { QuotaStore } from '../quota/quota-store.ts';
import type { Circuits } from '../resilience/circuits.ts';
import type { RetryBudget } from '../resilience/retry-budget.ts';
import type { RouteTable } from '../routing/route.ts';
import type { Clock, Random } from '../time/clock.ts';
import type { InferenceObserver } from './inference-observer.ts';

/** Everything an inference leans on; one set serves every request of a process. */
export interface InferencePorts {
  readonly clock: Clock;
  readonly random: Random;
  /** SHA-256 of a text, lower-case hex. */
  readonly hash: (text: string) => string;
  readonly routes: RouteTable;
  /** By policy id. */
  readonly guards: ReadonlyMap<string, Guard>;
  /** By provider name. */
  readonly providers: ReadonlyMap<string, ModelProvider>;
  readonly prices: PriceTable;
  readonly quotas: QuotaStore;
  readonly audit: AuditLog;
  readonly spill: AuditSpill;
  readonly refusals: RefusalLimiter;
  readonly circuits: Circuits;
  readonly retryBudget: RetryBudget;
  readonly observer: InferenceObserver;
}

import { failurePolicies } from '#core/failures/failure.ts';
import type {
  Degradation,
  InferenceObserver,
  InferenceSummary,
} from '#core/inference/inference-observer.ts';
import {
  count,
  type Log,
  type Measurement,
  type Metrics,
  milliseconds,
  platformWide,
} from '#runtime/observability.ts';
import { gatewayMetrics as names } from './contract.ts';

const DEGRADATION_METRICS: Partial<Record<Degradation, string>> = {
  'quota-reserve-failed': names.quotaFailClosed,
  'audit-intent-failed': names.auditFailures,
  'audit-completion-spilled': names.auditFailures,
  'guardrail-failed': names.guardrailErrors,
};

/** Tells metrics and log what became of each inference; never what was said in it. */
export class MetricsObserver implements InferenceObserver {
  readonly #metrics: Metrics;
  readonly #log: Log;

  constructor(metrics: Metrics, log: Log) {
    this.#metrics = metrics;
    this.#log = log;
  }

  finished(summary: InferenceSummary): void {
    const { completion } = summary;
    const route = summary.reserved === undefined ? 'none' : (completion.route ?? 'none');
    const dimensions = { route };
    this.#metrics.emit(measurementsOf(summary), dimensions, {
      message: 'inference finished',
      requestId: completion.id,
      tenant: completion.tenantId,
      key: completion.keyId,
      outcome: completion.outcome,
      failure: completion.failure,
      served: completion.served,
      attempts: completion.attempts.length,
      durationMs: completion.endedAtMs - completion.startedAtMs,
      tokens: completion.usage?.usage.total_tokens,
      nanoUsd: completion.nanoUsd,
    });
  }

  circuitOpened(target: string): void {
    this.#metrics.emit([platformWide(count(names.circuitOpened))], { target });
    this.#log.warn('circuit opened', { target });
  }

  degraded(what: Degradation, cause: unknown): void {
    const metric = DEGRADATION_METRICS[what];
    if (metric !== undefined) this.#metrics.emit([platformWide(count(metric))], {});
    this.#log.error('platform degraded', { what, error: cause });
  }
}

const statusOf = ({ completion: { failure } }: InferenceSummary): number =>
  failure === undefined ? 200 : failurePolicies[failure].status;

function measurementsOf(summary: InferenceSummary): Measurement[] {
  const { completion, recorded, fellBack = false } = summary;
  const status = statusOf(summary);
  return [
    count(names.requests),
    count(names.serverErrors, status >= 500 ? 1 : 0),
    ...happened(status === 429, names.quotaDenials),
    ...happened(completion.outcome === 'blocked', names.guardrailBlocks),
    ...happened(fellBack, names.fallbacks),
    ...happened(!recorded, names.refusalsNotRecorded),
    milliseconds(names.latency, completion.endedAtMs - completion.startedAtMs),
    ...firstTokenOf(summary),
    ...usageOf(summary),
  ];
}

/** A series that never counts anything is neither stored nor billed. */
const happened = (whether: boolean, name: string): Measurement[] => (whether ? [count(name)] : []);

function firstTokenOf({ completion }: InferenceSummary): Measurement[] {
  const last = completion.attempts.at(-1);
  if (last?.firstContentMs === undefined) return [];
  const waitedMs = last.startedAtMs - completion.startedAtMs;
  return [platformWide(milliseconds(names.timeToFirstToken, waitedMs + last.firstContentMs))];
}

function usageOf({ completion, reserved }: InferenceSummary): Measurement[] {
  const usage = completion.usage?.usage;
  if (usage === undefined) return [];
  const measured = [
    count(names.promptTokens, usage.prompt_tokens),
    count(names.completionTokens, usage.completion_tokens),
    count(names.cost, completion.nanoUsd),
  ];
  if (reserved === undefined || reserved.tokens === 0) return measured;
  const errorPercent = (100 * (usage.total_tokens - reserved.tokens)) / reserved.tokens;
  return [...measured, { name: names.quotaEstimateError, unit: 'Percent', value: errorPercent }];
}

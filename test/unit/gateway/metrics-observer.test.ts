import { describe, expect, it } from 'vitest';
import type { InferenceSummary } from '#core/inference/inference-observer.ts';
import { gatewayMetrics as names } from '../../../lambdas/gateway/contract.ts';
import { MetricsObserver } from '../../../lambdas/gateway/metrics-observer.ts';
import { aCompletion } from '../../support/audit-samples.ts';
import { RecordingLog, RecordingMetrics } from '../../support/recorders.ts';

function setUp() {
  const metrics = new RecordingMetrics();
  const log = new RecordingLog();
  return { metrics, log, observer: new MetricsObserver(metrics, log) };
}

const served: InferenceSummary = {
  completion: aCompletion(),
  reserved: { requests: 1, tokens: 1_000, nanoUsd: 2_200_000 },
  recorded: true,
};

describe('MetricsObserver', () => {
  it('measures an inference by its route, and for the whole platform what an alarm looks at', () => {
    const { metrics, observer } = setUp();

    observer.finished(served);

    const measured = Object.fromEntries(metrics.emitted.map(({ name, value }) => [name, value]));
    expect(measured).toEqual({
      [names.requests]: 1,
      [names.serverErrors]: 0,
      [names.latency]: 2_345,
      [names.timeToFirstToken]: 12 + 410,
      [names.promptTokens]: 950,
      [names.completionTokens]: 240,
      [names.cost]: 2_150_000,
      [names.quotaEstimateError]: 19,
    });
    expect(metrics.emitted.map(({ dimensions }) => dimensions)).toEqual(
      metrics.emitted.map(() => ({ route: 'chat-default' })),
    );
    const wide = metrics.emitted.filter(({ platformWide }) => platformWide);
    expect(wide.map(({ name }) => name)).toEqual([names.timeToFirstToken]);
  });

  it('says in the same line whose inference it was and what became of it', () => {
    const { metrics, observer } = setUp();

    observer.finished(served);

    expect(metrics.events).toEqual([
      {
        message: 'inference finished',
        requestId: served.completion.id,
        tenant: 'acme',
        key: 'abcdef012345',
        outcome: 'completed',
        failure: undefined,
        served: served.completion.served,
        attempts: 1,
        durationMs: 2_345,
        tokens: 1_190,
        nanoUsd: 2_150_000,
      },
    ]);
  });

  it.each([
    [names.quotaDenials, { outcome: 'refused', failure: 'insufficient_quota' }, {}],
    [names.guardrailBlocks, { outcome: 'blocked', failure: 'content_policy_violation' }, {}],
    [names.refusalsNotRecorded, { outcome: 'refused' }, { recorded: false }],
    [names.serverErrors, { outcome: 'failed', failure: 'provider_timeout' }, {}],
  ] as const)('counts %s when it happens', (name, changes, summary) => {
    const { metrics, observer } = setUp();

    observer.finished({ ...served, completion: aCompletion(changes), ...summary });

    expect(metrics.values(name)).toEqual([1]);
  });

  it('counts a fallback', () => {
    const { metrics, observer } = setUp();

    observer.finished({ ...served, fellBack: true });

    expect(metrics.values(names.fallbacks)).toEqual([1]);
  });

  it('files what was refused before it had a route under none', () => {
    const { metrics, observer } = setUp();

    observer.finished({ completion: aCompletion({ route: 'of-the-client' }), recorded: true });

    expect(metrics.emitted[0]?.dimensions).toEqual({ route: 'none' });
  });

  it.each([
    ['quota-reserve-failed', names.quotaFailClosed],
    ['audit-intent-failed', names.auditFailures],
    ['audit-completion-spilled', names.auditFailures],
    ['guardrail-failed', names.guardrailErrors],
  ] as const)('tells on-call of %s', (what, name) => {
    const { metrics, log, observer } = setUp();

    observer.degraded(what, new Error('the table is away'));

    expect(metrics.emitted).toEqual([
      { name, unit: 'Count', value: 1, platformWide: true, dimensions: {} },
    ]);
    expect(log.lines.join('\n')).toContain(what);
  });

  it('counts an opened circuit by its target and for the whole platform', () => {
    const { metrics, observer } = setUp();

    observer.circuitOpened('bedrock/haiku');

    expect(metrics.emitted).toEqual([
      {
        name: names.circuitOpened,
        unit: 'Count',
        value: 1,
        platformWide: true,
        dimensions: { target: 'bedrock/haiku' },
      },
    ]);
  });
});

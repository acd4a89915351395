import { describe, expect, it } from 'vitest';
import { failurePolicies } from '#core/failures/failure.ts';
import { authorizerMetrics, edgeErrors } from '../../../lambdas/authorizer/contract.ts';
import { gatewayMetrics } from '../../../lambdas/gateway/contract.ts';
import { reconcilerMetrics } from '../../../lambdas/reconciler/contract.ts';
import { reliabilitySuites } from '../../support/reliability-suites.ts';

const suites = await reliabilitySuites();
const rows = suites.flatMap((suite) => suite.rows);

const METRICS: ReadonlySet<string> = new Set(
  [gatewayMetrics, authorizerMetrics, reconcilerMetrics].flatMap((names) => Object.values(names)),
);
const ANSWERS: ReadonlySet<string> = new Set([
  ...Object.entries(failurePolicies).map(([code, { status }]) => `${status} ${code}`),
  ...Object.values(edgeErrors).map(({ status, code }) => `${status} ${code}`),
]);

describe('the reliability rows', () => {
  it('are found, and each id stands for one thing', () => {
    const ids = rows.map(({ id }) => id);

    expect(suites.map(({ name }) => name)).toContain('faults');
    expect(ids.length).toBeGreaterThan(30);
    expect(ids.filter((id) => !/^[FDA]\d\d$/.test(id))).toEqual([]);
    expect(ids.filter((id, index) => ids.indexOf(id) !== index)).toEqual([]);
  });

  it('name statuses, codes and metrics that the platform has', () => {
    const answers = rows.flatMap(({ answers }) => answers);
    const codes = answers.filter(({ code }) => code !== undefined);
    const metrics = rows.flatMap(({ metric }) => metric ?? []);

    expect(
      codes.filter(({ status, code }) => status !== 200 && !ANSWERS.has(`${status} ${code}`)),
    ).toEqual([]);
    expect(
      codes.filter(({ status, code = '' }) => status === 200 && !(code in failurePolicies)),
    ).toEqual([]);
    expect(metrics.filter((metric) => !METRICS.has(metric))).toEqual([]);
  });

  it('say of every fault of the matrix that it is tested, or why not', () => {
    const told = new Set(
      suites.flatMap((suite) => [...suite.rows, ...suite.uncovered]).map(({ id }) => id),
    );
    const expected = Array.from(
      { length: 21 },
      (_, index) => `D${String(index + 1).padStart(2, '0')}`,
    );

    expect(expected.filter((id) => !told.has(id))).toEqual([]);
    expect(
      suites.flatMap(({ uncovered }) => uncovered).filter(({ why }) => why.length < 10),
    ).toEqual([]);
  });
});

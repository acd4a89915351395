import { describe, expect, it } from 'vitest';
import { reliabilitySuites } from '../support/reliability-suites.ts';
import { ofType, synthesize } from '../support/synthesized.ts';

const suites = await reliabilitySuites();
const rows = suites.flatMap((suite) => suite.rows);
const faults = suites.find(({ name }) => name === 'faults')?.rows ?? [];

/** What each alarm of `prod` looks at, by the alarm's own name. */
const metricsOfAlarms = new Map(
  ofType(synthesize('config/prod.json'), 'AWS::CloudWatch::Alarm').map(([, { Properties }]) => [
    String(Properties?.['AlarmName']).replace(/^Ballast-/, ''),
    Properties?.['MetricName'],
  ]),
);

describe('an alarm in the reliability table', () => {
  const alarmed = rows.filter(({ alarm }) => alarm !== undefined);

  it.each(alarmed)('$id: $alarm exists and hears of it', ({ alarm = '', metric, answers }) => {
    expect([...metricsOfAlarms.keys()]).toContain(alarm);
    // API Gateway counts statuses; every other alarm looks at the metric of its row.
    if (alarm === 'gateway-5xx-rate') {
      expect(answers.some(({ status }) => status >= 500)).toBe(true);
    } else expect(metricsOfAlarms.get(alarm)).toBe(metric);
  });

  it('is on every row of ours that refuses for the platform’s own fault', () => {
    const refusing = faults.filter(({ answers }) => answers.some(({ status }) => status >= 500));

    expect(refusing.length).toBeGreaterThan(10);
    expect(refusing.filter(({ alarm }) => alarm === undefined).map(({ id }) => id)).toEqual([]);
  });
});

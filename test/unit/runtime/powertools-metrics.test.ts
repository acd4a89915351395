import { describe, expect, it } from 'vitest';
import { count, type LogFields, milliseconds, platformWide } from '#runtime/observability.ts';
import { PowertoolsMetrics } from '#runtime/powertools-metrics.ts';
import { capturedOutput } from '../../support/captured-output.ts';

function setUp() {
  const warnings: (LogFields | undefined)[] = [];
  const log = { warn: (_message: string, fields?: LogFields) => warnings.push(fields) };
  return { metrics: new PowertoolsMetrics('Ballast', log), warnings };
}

describe('PowertoolsMetrics', () => {
  it('writes one line of Embedded Metric Format with exactly the dimensions given', () => {
    const { metrics } = setUp();

    const lines = capturedOutput(() =>
      metrics.emit([count('Requests'), milliseconds('Latency', 12)], { route: 'chat' }),
    );

    expect(lines).toEqual([
      {
        _aws: {
          Timestamp: expect.any(Number),
          CloudWatchMetrics: [
            {
              Namespace: 'Ballast',
              Dimensions: [['route']],
              Metrics: [
                { Name: 'Requests', Unit: 'Count' },
                { Name: 'Latency', Unit: 'Milliseconds' },
              ],
            },
          ],
        },
        route: 'chat',
        Requests: 1,
        Latency: 12,
      },
    ]);
  });

  it('counts what is platform-wide without dimensions too, in the same line', () => {
    const { metrics } = setUp();

    const lines = capturedOutput(() =>
      metrics.emit([count('Requests'), platformWide(milliseconds('Wait', 7))], { route: 'chat' }),
    );

    expect(lines).toMatchObject([
      {
        _aws: {
          CloudWatchMetrics: [
            { Dimensions: [['route']], Metrics: [{ Name: 'Requests' }, { Name: 'Wait' }] },
            {
              Namespace: 'Ballast',
              Dimensions: [[]],
              Metrics: [{ Name: 'Wait', Unit: 'Milliseconds' }],
            },
          ],
        },
        Wait: 7,
      },
    ]);
  });

  it('names a platform-wide measurement once when there are no dimensions', () => {
    const { metrics } = setUp();

    const [line] = capturedOutput(() => metrics.emit([platformWide(count('Failures'))], {}));

    expect(line).toHaveProperty('_aws.CloudWatchMetrics.length', 1);
  });

  it('logs the event with its measurements, as a line that a query finds', () => {
    const { metrics } = setUp();

    const lines = capturedOutput(() =>
      metrics.emit([count('Requests')], { route: 'a' }, { message: 'served', tenant: 'acme' }),
    );

    expect(lines).toMatchObject([
      { level: 'INFO', message: 'served', tenant: 'acme', route: 'a', Requests: 1 },
    ]);
  });

  it('lets no field of an event take the place of a measurement', () => {
    const { metrics } = setUp();

    const [line] = capturedOutput(() =>
      metrics.emit([count('Requests', 3)], {}, { message: 'served', Requests: 'x', _aws: {} }),
    );

    expect(line).toMatchObject({ Requests: 3, _aws: { Timestamp: expect.any(Number) } });
  });

  it('needs no dimensions', () => {
    const { metrics } = setUp();

    const [line] = capturedOutput(() => metrics.emit([count('Orphans', 0)], {}));

    expect(line).toMatchObject({
      _aws: { CloudWatchMetrics: [{ Dimensions: [[]] }] },
      Orphans: 0,
    });
  });

  it('lets nothing of one request into the line of another served at the same time', async () => {
    const { metrics } = setUp();
    const lines: Record<string, unknown>[] = [];
    const serve = async (route: string): Promise<void> => {
      for (let turn = 0; turn < 5; turn += 1) {
        await new Promise((resolve) => setImmediate(resolve));
        lines.push(...capturedOutput(() => metrics.emit([count(`Of${route}`)], { route })));
      }
    };

    await Promise.all(['A', 'B', 'C'].map(serve));

    expect(lines).toHaveLength(15);
    for (const { _aws: _envelope, route, ...rest } of lines) {
      expect(rest).toEqual({ [`Of${route}`]: 1 });
    }
  });

  it('D18 never throws, says what it could not emit, and starts afresh', () => {
    const { metrics, warnings } = setUp();

    const lines = capturedOutput(() => {
      metrics.emit([count('Good'), count('Bad', 'x' as unknown as number)], { route: 'a' });
      metrics.emit([count('Next')], { target: 'b' });
    });

    expect(warnings).toMatchObject([{ names: ['Good', 'Bad'] }]);
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatchObject({ target: 'b', Next: 1 });
    expect(lines[0]).not.toHaveProperty('Good');
    expect(lines[0]).not.toHaveProperty('route');
  });

  it('writes nothing when there is nothing to measure', () => {
    const { metrics } = setUp();

    expect(capturedOutput(() => metrics.emit([], { route: 'a' }))).toEqual([]);
  });
});

import { Metrics as Emf } from '@aws-lambda-powertools/metrics';
import type { Log, LogFields, Measurement, Metrics } from './observability.ts';

/**
 * CloudWatch metrics as one line of Embedded Metric Format for each `emit`, with what else is known
 * of the event beside them: a line costs a write, and CloudWatch Logs by its bytes. The dimensions
 * are those of the call and no others: Powertools' own `service` would have to be named in every
 * alarm.
 *
 * Powertools buffers in its instance; each call fills and empties the buffer without giving way, so
 * that requests served at once never share a line.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
 */
export class PowertoolsMetrics implements Metrics {
  readonly #emf: Emf;
  readonly #namespace: string;
  readonly #log: Pick<Log, 'warn'>;

  /** @param log hears of measurements that CloudWatch would not take. */
  constructor(namespace: string, log: Pick<Log, 'warn'>) {
    this.#emf = new Emf({ namespace });
    this.#namespace = namespace;
    this.#emf.clearDefaultDimensions();
    this.#log = log;
  }

  emit(
    measurements: readonly Measurement[],
    dimensions: Readonly<Record<string, string>>,
    event?: LogFields,
  ): void {
    if (measurements.length === 0) return;
    try {
      const line = this.#lineOf(measurements, dimensions);
      const logged = event === undefined ? {} : { level: 'INFO', ...event };
      process.stdout.write(`${JSON.stringify({ ...logged, ...line })}\n`);
    } catch (error) {
      const names = measurements.map(({ name }) => name);
      this.#log.warn('metrics not emitted', { ...event, names, error });
    }
  }

  #lineOf(measurements: readonly Measurement[], dimensions: Readonly<Record<string, string>>) {
    try {
      this.#emf.addDimensions(dimensions);
      for (const { name, unit, value } of measurements) this.#emf.addMetric(name, unit, value);
      const line = this.#emf.serializeMetrics();
      const platformWide = measurements.filter((measurement) => measurement.platformWide);
      if (platformWide.length > 0 && Object.keys(dimensions).length > 0) {
        line._aws.CloudWatchMetrics.push({
          Namespace: this.#namespace,
          Dimensions: [[]],
          Metrics: platformWide.map(({ name, unit }) => ({ Name: name, Unit: unit })),
        });
      }
      return line;
    } finally {
      // What is half filled must not go out with the next call.
      this.#emf.clearMetrics();
      this.#emf.clearDimensions();
    }
  }
}

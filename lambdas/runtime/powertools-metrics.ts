import { Metrics as Emf } from '@aws-lambda-powertools/metrics';
import type { Log, Measurement, Metrics } from './observability.ts';

/**
 * CloudWatch metrics as one line of Embedded Metric Format for each `emit`. The dimensions are those
 * of the call and no others: Powertools' own `service` would have to be named in every alarm.
 *
 * Powertools buffers in its instance; each call fills and empties the buffer without giving way, so
 * that requests served at once never share a line.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
 */
export class PowertoolsMetrics implements Metrics {
  readonly #emf: Emf;
  readonly #log: Pick<Log, 'warn'>;

  /** @param log hears of measurements that CloudWatch would not take. */
  constructor(namespace: string, log: Pick<Log, 'warn'>) {
    this.#emf = new Emf({ namespace });
    this.#emf.clearDefaultDimensions();
    this.#log = log;
  }

  emit(measurements: readonly Measurement[], dimensions: Readonly<Record<string, string>>): void {
    if (measurements.length === 0) return;
    try {
      this.#emf.addDimensions(dimensions);
      for (const { name, unit, value } of measurements) this.#emf.addMetric(name, unit, value);
      this.#emf.publishStoredMetrics();
    } catch (error) {
      // What is half filled must not go out with the next call.
      this.#emf.clearMetrics();
      this.#emf.clearDimensions();
      const names = measurements.map(({ name }) => name);
      this.#log.warn('metrics not emitted', { names, error });
    }
  }
}

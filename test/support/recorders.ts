import type { Log, LogFields, Measurement, Metrics } from '#runtime/observability.ts';

/** Errors with their causes: whatever a log might show of them. */
const everythingOf = (error: Error): unknown => ({
  ...error,
  message: error.message,
  cause: error.cause,
});

/** Keeps log lines as they would be written. */
export class RecordingLog implements Log {
  readonly lines: string[] = [];
  readonly #describe: (error: Error) => unknown;

  constructor(describe = everythingOf) {
    this.#describe = describe;
  }

  info(message: string, fields: LogFields = {}): void {
    this.#keep('info', message, fields);
  }

  warn(message: string, fields: LogFields = {}): void {
    this.#keep('warn', message, fields);
  }

  error(message: string, fields: LogFields = {}): void {
    this.#keep('error', message, fields);
  }

  #keep(level: string, message: string, fields: LogFields): void {
    const shown = (_name: string, value: unknown): unknown =>
      value instanceof Error ? this.#describe(value) : value;
    this.lines.push(JSON.stringify({ level, message, ...fields }, shown));
  }
}

/** Keeps measurements with their dimensions. */
export class RecordingMetrics implements Metrics {
  readonly emitted: (Measurement & { readonly dimensions: Readonly<Record<string, string>> })[] =
    [];

  readonly events: LogFields[] = [];

  emit(
    measurements: readonly Measurement[],
    dimensions: Readonly<Record<string, string>>,
    event?: LogFields,
  ): void {
    this.emitted.push(...measurements.map((measurement) => ({ ...measurement, dimensions })));
    if (event !== undefined) this.events.push(event);
  }

  /** Values of one metric, in order. */
  values(name: string): readonly number[] {
    return this.emitted.filter((one) => one.name === name).map(({ value }) => value);
  }
}

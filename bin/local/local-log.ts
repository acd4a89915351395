import type { Log, LogFields, Measurement, Metrics } from '#runtime/observability.ts';

/** One JSON line per event on standard error, so that standard output stays the caller's. */
export class LocalLog implements Log {
  readonly #write: (line: string) => void;

  constructor(write: (line: string) => void = (line) => process.stderr.write(line)) {
    this.#write = write;
  }

  info(message: string, fields: LogFields = {}): void {
    this.#line('info', message, fields);
  }

  warn(message: string, fields: LogFields = {}): void {
    this.#line('warn', message, fields);
  }

  error(message: string, fields: LogFields = {}): void {
    this.#line('error', message, fields);
  }

  #line(level: string, message: string, fields: LogFields): void {
    const time = new Date().toISOString();
    const shown = Object.fromEntries(
      Object.entries(fields).map(([name, value]) => [
        name,
        value instanceof Error ? `${value.name}: ${value.message}` : value,
      ]),
    );
    this.#write(`${JSON.stringify({ time, level, message, ...shown })}\n`);
  }
}

/** Keeps the sum of every metric by name and dimensions; nothing leaves the process. */
export class LocalMetrics implements Metrics {
  readonly sums = new Map<string, number>();

  emit(measurements: readonly Measurement[], dimensions: Readonly<Record<string, string>>): void {
    const labels = Object.entries(dimensions)
      .map(([name, value]) => `${name}=${value}`)
      .join(',');
    for (const { name, value } of measurements) {
      const key = `${name}{${labels}}`;
      this.sums.set(key, (this.sums.get(key) ?? 0) + value);
    }
  }
}

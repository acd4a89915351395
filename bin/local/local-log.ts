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

/** Keeps the sum of every metric by name and dimensions, and logs the events they belong to. */
export class LocalMetrics implements Metrics {
  readonly sums = new Map<string, number>();
  readonly #log: Pick<Log, 'info'>;

  constructor(log: Pick<Log, 'info'>) {
    this.#log = log;
  }

  emit(
    measurements: readonly Measurement[],
    dimensions: Readonly<Record<string, string>>,
    event?: LogFields & { readonly message: string },
  ): void {
    const labels = Object.entries(dimensions)
      .map(([name, value]) => `${name}=${value}`)
      .join(',');
    for (const { name, value, platformWide } of measurements) {
      this.#add(`${name}{${labels}}`, value);
      if (platformWide && labels !== '') this.#add(`${name}{}`, value);
    }
    if (event !== undefined) {
      const { message, ...fields } = event;
      this.#log.info(message, { ...dimensions, ...fields });
    }
  }

  #add(key: string, value: number): void {
    this.sums.set(key, (this.sums.get(key) ?? 0) + value);
  }
}

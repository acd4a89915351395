/** Fields of one log line. Never prompt text, personal data, keys or tokens. */
export type LogFields = Readonly<Record<string, unknown>>;

/** Port. Structured, one JSON line each. */
export interface Log {
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
}

type MetricUnit = 'Count' | 'Milliseconds' | 'Percent';

export interface Measurement {
  readonly name: string;
  readonly unit: MetricUnit;
  readonly value: number;
}

/** Port. Emits measurements that share dimensions; never blocks and never rejects. */
export interface Metrics {
  emit(measurements: readonly Measurement[], dimensions: Readonly<Record<string, string>>): void;
}

export const count = (name: string, value = 1): Measurement => ({ name, unit: 'Count', value });

export const milliseconds = (name: string, value: number): Measurement => ({
  name,
  unit: 'Milliseconds',
  value,
});

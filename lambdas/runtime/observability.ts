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
  /** Counted without any dimension too: alarms look at one series, however many routes there are. */
  readonly platformWide?: true;
}

/** Port. Never blocks and never rejects. */
export interface Metrics {
  /**
   * Emits measurements that share dimensions.
   *
   * @param event what else is to be known of the same event: logged with the measurements, as one
   *   line, and never a dimension.
   */
  emit(
    measurements: readonly Measurement[],
    dimensions: Readonly<Record<string, string>>,
    event?: LogFields & { readonly message: string },
  ): void;
}

export const count = (name: string, value = 1): Measurement => ({ name, unit: 'Count', value });

export const platformWide = (measurement: Measurement): Measurement => ({
  ...measurement,
  platformWide: true,
});

export const milliseconds = (name: string, value: number): Measurement => ({
  name,
  unit: 'Milliseconds',
  value,
});

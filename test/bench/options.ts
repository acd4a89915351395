import { parseArgs } from 'node:util';

export interface BenchOptions {
  /** Fewer targets, loads and rounds; nothing is written. */
  readonly quick: boolean;
  /** Fails when a ratio is missed by more than the slack. */
  readonly gate: boolean;
  /** Milliseconds that our gateway sleeps before each request; 0 is none. */
  readonly plantSleepMs: number;
}

/** @throws Error that names what was not understood. */
export function parseOptions(args: readonly string[]): BenchOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      quick: { type: 'boolean', default: false },
      gate: { type: 'boolean', default: false },
      'plant-sleep': { type: 'string', default: '0' },
    },
  });
  const plantSleepMs = Number(values['plant-sleep']);
  if (!Number.isFinite(plantSleepMs) || plantSleepMs < 0) {
    throw new Error(
      `--plant-sleep takes milliseconds, got '${values['plant-sleep']}'; for example --plant-sleep 5`,
    );
  }
  return { quick: values.quick, gate: values.gate, plantSleepMs };
}

import { NANO_USD_PER_USD } from '../quota/limits.ts';

/** The most that can be said in whole nano-dollars without losing one: 2⁵³ of them, rounded down. */
export const MOST_USD = 9_000_000;

const DECIMALS = 9;
const DECIMAL = /^(\d{1,7})(?:\.(\d{1,9}))?$/;

/**
 * An amount of dollars, as a number or a decimal text, in integer nano-dollars.
 *
 * Undefined when it is negative, above {@link MOST_USD}, finer than a nano-dollar or no number.
 */
export function parseUsd(amount: number | string): number | undefined {
  const text = typeof amount === 'number' ? exactDecimal(amount) : amount;
  const [, whole, fraction = ''] = DECIMAL.exec(text ?? '') ?? [];
  if (whole === undefined || Number(text) > MOST_USD) return undefined;
  return Number(whole) * NANO_USD_PER_USD + Number(fraction.padEnd(DECIMALS, '0'));
}

/** Exact, without an exponent and without trailing zeros: `0.05`, `12`, `0.000000001`. */
export function formatUsd(nanoUsd: number): string {
  const digits = String(Math.abs(nanoUsd)).padStart(DECIMALS + 1, '0');
  const fraction = digits.slice(-DECIMALS).replace(/0+$/, '');
  const whole = digits.slice(0, -DECIMALS);
  return `${nanoUsd < 0 ? '-' : ''}${whole}${fraction === '' ? '' : `.${fraction}`}`;
}

/** Undefined when nine decimals cannot hold the number. */
function exactDecimal(amount: number): string | undefined {
  if (!(amount >= 0 && amount <= MOST_USD)) return undefined;
  const text = amount.toFixed(DECIMALS);
  return Number(text) === amount ? text : undefined;
}

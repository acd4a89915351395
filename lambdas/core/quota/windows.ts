import { DAY_MS, MINUTE_MS } from '../time/clock.ts';
import { civilDate } from '../time/iso-time.ts';
import type { Amounts, Limits } from './limits.ts';

/**
 * One calendar window of one scope and one measure, named `<scope>:<window>:<measure>`: `t:m:hnn9k:r`
 * holds the tenant's requests of one minute, `k:9f3:d:23:c` a key's money of the 23rd. Names are
 * short because every one of them is in an item that is written with each request.
 */
export interface Window {
  readonly name: string;
  readonly measure: keyof Amounts;
  /** The limit it enforces; none for a window that is only counted. */
  readonly limit: keyof Limits | undefined;
  readonly resetsAtMs: number;
}

/** The tenant itself, or one of its keys. */
export type WindowScope = 't' | `k:${string}` | `x:${string}`;

interface WindowKind {
  readonly span: 'm' | 'd' | 'mo';
  readonly measure: keyof Amounts;
  readonly limit: keyof Limits | undefined;
}

const LETTER = { requests: 'r', tokens: 't', nanoUsd: 'c' } as const satisfies Record<
  keyof Amounts,
  string
>;

/** Their places are the bits of a marker's mask: append, never reorder. */
const KINDS: readonly WindowKind[] = [
  { span: 'm', measure: 'requests', limit: 'requestsPerMinute' },
  { span: 'm', measure: 'tokens', limit: 'tokensPerMinute' },
  { span: 'd', measure: 'tokens', limit: 'tokensPerDay' },
  { span: 'd', measure: 'nanoUsd', limit: 'nanoUsdPerDay' },
  { span: 'mo', measure: 'nanoUsd', limit: 'nanoUsdPerMonth' },
  { span: 'mo', measure: 'requests', limit: undefined },
  { span: 'mo', measure: 'tokens', limit: undefined },
];

/** Months are counted for every tenant, limited or not: that is its usage. */
const TENANT_USAGE_MASK = 0b1110000;

/** Which kinds of window a scope with these limits has, one bit each. */
export function windowMask(scope: WindowScope, limits: Limits): number {
  const limited = KINDS.reduce(
    (mask, { limit }, bit) =>
      limit !== undefined && limits[limit] !== undefined ? mask | (1 << bit) : mask,
    0,
  );
  return scope === 't' ? limited | TENANT_USAGE_MASK : limited;
}

/** The windows of a mask at a time; the same for everyone who knows scope, mask and time. */
export function windowsOf(scope: WindowScope, mask: number, timeMs: number): readonly Window[] {
  const spans = spansAt(timeMs);
  return KINDS.filter((_, bit) => (mask & (1 << bit)) !== 0).map(({ span, measure, limit }) => ({
    name: `${scope}:${spans[span].name}:${LETTER[measure]}`,
    measure,
    limit,
    resetsAtMs: spans[span].endsAtMs,
  }));
}

function spansAt(timeMs: number) {
  const minute = Math.floor(timeMs / MINUTE_MS);
  const { year, month, day } = civilDate(timeMs);
  const midnightMs = Math.floor(timeMs / DAY_MS) * DAY_MS;
  return {
    m: { name: `m:${minute.toString(36)}`, endsAtMs: (minute + 1) * MINUTE_MS },
    d: { name: `d:${day}`, endsAtMs: midnightMs + DAY_MS },
    mo: { name: 'mo', endsAtMs: midnightMs + (daysIn(year, month) - day + 1) * DAY_MS },
  };
}

function daysIn(year: number, month: number): number {
  if (month === 2) return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0 ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}

/** When the month of a time is over, in milliseconds since the epoch. */
export const monthEndMs = (timeMs: number): number => spansAt(timeMs).mo.endsAtMs;

/** `2026-11`: one item of a tenant holds one month. */
export function monthOf(timeMs: number): string {
  const { year, month } = civilDate(timeMs);
  return `${year}-${String(month).padStart(2, '0')}`;
}

/**
 * What the window of a name measures.
 *
 * @throws Error when it is no window's name.
 */
export function measureOf(name: string): keyof Amounts {
  const letter = name.slice(name.lastIndexOf(':') + 1);
  for (const measure of MEASURES) if (LETTER[measure] === letter) return measure;
  throw new Error(`not the name of a quota window: '${name}'`);
}

const MEASURES = ['requests', 'tokens', 'nanoUsd'] as const;

/** A clock that runs this many minutes ahead still removes nobody's running window. */
const KEPT_MINUTES = 3;
/** A minute has four symbols or more: `k:m:mo:c` is the month of a key whose name ends in `:m`. */
const NAME = /^(?:t|[kx]:.*):(?:m:([0-9a-z]{4,})|d:(\d{1,2})):[rtc]$/s;

/** Is this the name of a window that nothing can be added to any more? */
export function isExpired(name: string, nowMs: number): boolean {
  const [, minute, day] = NAME.exec(name) ?? [];
  if (minute !== undefined) {
    return Number.parseInt(minute, 36) < Math.floor(nowMs / MINUTE_MS) - KEPT_MINUTES;
  }
  // Days of one month only ever share an item with later ones.
  return day !== undefined && Number(day) < civilDate(nowMs).day - 1;
}

/** Crockford's base 32: no I, L, O or U. */
const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const TIME_LENGTH = 10;

/** Port. A new ULID for the given time: unguessable, and sorted by millisecond. */
export type NewId = (nowMs: number) => string;

const PATTERN = /^[0-7][0-9A-HJKMNP-TV-Z]{25}$/;

export const isUlid = (text: string): boolean => PATTERN.test(text);

/**
 * Makes a ULID from a time and 16 random symbols, each an integer in [0, 32).
 *
 * @see https://github.com/ulid/spec
 */
export function formatUlid(timeMs: number, symbols: ArrayLike<number>): string {
  let time = '';
  for (let place = 0, rest = timeMs; place < TIME_LENGTH; place += 1) {
    time = ALPHABET.charAt(rest % 32) + time;
    rest = Math.floor(rest / 32);
  }
  let random = '';
  for (let place = 0; place < 16; place += 1) random += ALPHABET.charAt((symbols[place] ?? 0) % 32);
  return time + random;
}

/** The millisecond a ULID was made. */
export function ulidTimeMs(id: string): number {
  let timeMs = 0;
  for (const symbol of id.slice(0, TIME_LENGTH)) timeMs = timeMs * 32 + ALPHABET.indexOf(symbol);
  return timeMs;
}

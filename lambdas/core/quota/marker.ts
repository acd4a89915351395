import { ulidTimeMs } from '../time/ulid.ts';
import type { Amounts } from './limits.ts';
import { type WindowScope, windowsOf } from './windows.ts';

/**
 * What a reservation leaves in the quota item until it is settled. Every write of the item pays for
 * every marker in it, so it says only what its id does not: the windows follow from the id's time
 * and a mask for each scope.
 */
export interface Marker {
  readonly amounts: Amounts;
  readonly expiresAtMs: number;
  readonly scopes: readonly { readonly scope: WindowScope; readonly mask: number }[];
}

const RADIX = 36;

/** `<requests>.<tokens>.<nanoUsd>.<expiry in s>`, then `|<mask>.<scope>` for each; base 36. */
export function encodeMarker({ amounts, expiresAtMs, scopes }: Marker): string {
  const { requests, tokens, nanoUsd } = amounts;
  const numbers = [requests, tokens, nanoUsd, Math.ceil(expiresAtMs / 1000)];
  const head = numbers.map((value) => value.toString(RADIX)).join('.');
  return [head, ...scopes.map(({ scope, mask }) => `${mask.toString(RADIX)}.${scope}`)].join('|');
}

/** @throws Error when the text is no marker. */
export function decodeMarker(text: string): Marker {
  const [head = '', ...rest] = text.split('|');
  const [requests, tokens, nanoUsd, expiresAtS, ...more] = head.split('.').map(number);
  if (nanoUsd === undefined || expiresAtS === undefined || more.length > 0) throw malformed(text);
  const scopes = rest.map((part) => {
    const [mask = '', scope = ''] = split(part);
    return { scope: scope as WindowScope, mask: number(mask) };
  });
  const all = { requests: requests ?? Number.NaN, tokens: tokens ?? Number.NaN, nanoUsd };
  if (scopes.length === 0 || [...Object.values(all), expiresAtS].some(Number.isNaN)) {
    throw malformed(text);
  }
  return { amounts: all, expiresAtMs: expiresAtS * 1000, scopes };
}

const number = (text: string): number =>
  /^[0-9a-z]+$/.test(text) ? Number.parseInt(text, RADIX) : Number.NaN;

function split(part: string): readonly string[] {
  const at = part.indexOf('.');
  return at < 0 ? [part] : [part.slice(0, at), part.slice(at + 1)];
}

const malformed = (text: string): Error => new Error(`not a reservation marker: '${text}'`);

/** Names of the windows a reservation took from. */
export const markedWindows = (id: string, { scopes }: Pick<Marker, 'scopes'>): readonly string[] =>
  scopes.flatMap(({ scope, mask }) =>
    windowsOf(scope, mask, ulidTimeMs(id)).map((window) => window.name),
  );

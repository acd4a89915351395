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
/** The tenant's part comes first; a key's name may hold anything, and ends the text. */
const MARKER =
  /^([0-9a-z]+)\.([0-9a-z]+)\.([0-9a-z]+)\.([0-9a-z]+)(?:\|([0-9a-z]+)\.(t))?(?:\|([0-9a-z]+)\.([kx]:.+))?$/s;

/**
 * `<requests>.<tokens>.<nanoUsd>.<expiry in s>`, then `|<mask>.<scope>` for each; base 36.
 *
 * @throws Error when it could not be read again: an unreadable marker would keep its reservation open
 * for ever.
 */
export function encodeMarker(marker: Marker): string {
  const { amounts, expiresAtMs, scopes } = marker;
  const { requests, tokens, nanoUsd } = amounts;
  const numbers = [requests, tokens, nanoUsd, Math.ceil(expiresAtMs / 1000)];
  const head = numbers.map((value) => value.toString(RADIX)).join('.');
  const parts = scopes.map(({ scope, mask }) => `${mask.toString(RADIX)}.${scope}`);
  const text = [head, ...parts].join('|');
  if (decodeMarker(text).scopes.length !== scopes.length) throw malformed(text);
  return text;
}

/** @throws Error when the text is no marker. */
export function decodeMarker(text: string): Marker {
  const match = MARKER.exec(text);
  if (match === null) throw malformed(text);
  const [requests, tokens, nanoUsd, expiresAtS] = match.slice(1, 5).map(number);
  const [, , , , , tenantMask, tenant, keyMask, key] = match;
  const scopes = [...scopeOf(tenantMask, tenant), ...scopeOf(keyMask, key)];
  if (scopes.length === 0) throw malformed(text);
  return {
    amounts: { requests: requests ?? 0, tokens: tokens ?? 0, nanoUsd: nanoUsd ?? 0 },
    expiresAtMs: (expiresAtS ?? 0) * 1000,
    scopes,
  };
}

const number = (text: string): number => Number.parseInt(text, RADIX);

const scopeOf = (mask: string | undefined, scope: string | undefined): Marker['scopes'] =>
  mask === undefined ? [] : [{ scope: scope as WindowScope, mask: number(mask) }];

const malformed = (text: string): Error => new Error(`not a reservation marker: '${text}'`);

/** Names of the windows a reservation took from. */
export const markedWindows = (id: string, { scopes }: Pick<Marker, 'scopes'>): readonly string[] =>
  scopes.flatMap(({ scope, mask }) =>
    windowsOf(scope, mask, ulidTimeMs(id)).map((window) => window.name),
  );

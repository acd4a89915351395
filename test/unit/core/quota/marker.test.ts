import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeMarker, encodeMarker, type Marker, markedWindows } from '#core/quota/marker.ts';
import { type WindowScope, windowMask, windowsOf } from '#core/quota/windows.ts';
import { formatUlid } from '#core/time/ulid.ts';

const mask = fc.integer({ min: 0, max: 0b1111111 });
const keyScope = fc
  .tuple(
    fc.constantFrom('k', 'x'),
    fc.oneof(
      fc.string({ unit: 'binary', minLength: 1 }),
      fc.constantFrom('a|1.t', 'client:x|y', 't'),
    ),
  )
  .map(([kind, key]) => `${kind}:${key}` as WindowScope);
const partOf = (scope: fc.Arbitrary<WindowScope>) => fc.record({ scope, mask });
const tenantPart = partOf(fc.constant<WindowScope>('t'));
const scopes: fc.Arbitrary<Marker['scopes']> = fc.oneof(
  fc.tuple(tenantPart),
  fc.tuple(partOf(keyScope)),
  fc.tuple(tenantPart, partOf(keyScope)),
);
const amount = fc.maxSafeNat();
const anyMarker: fc.Arbitrary<Marker> = fc.record({
  amounts: fc.record({ requests: amount, tokens: amount, nanoUsd: amount }),
  expiresAtMs: fc.nat().map((seconds) => seconds * 1000),
  scopes,
});

describe('a reservation marker', () => {
  it('is read as it was written, whatever the key is called', () => {
    fc.assert(
      fc.property(anyMarker, (marker) => {
        expect(decodeMarker(encodeMarker(marker))).toEqual(marker);
      }),
    );
  });

  it('is written as it always was: those of the last deployment are still open', () => {
    const marker: Marker = {
      amounts: { requests: 1, tokens: 1_200, nanoUsd: 2_200_000 },
      expiresAtMs: 1_795_000_000_001,
      scopes: [
        { scope: 't', mask: 0b1111111 },
        { scope: 'k:abcdef012345', mask: 0b11 },
      ],
    };

    expect(encodeMarker(marker)).toBe('1.xc.1b5j4.top2v5|3j.t|3.k:abcdef012345');
  });

  it('never says an earlier expiry than it was given', () => {
    const marker: Marker = {
      amounts: { requests: 1, tokens: 0, nanoUsd: 0 },
      expiresAtMs: 10_001,
      scopes: [{ scope: 't', mask: 1 }],
    };

    expect(decodeMarker(encodeMarker(marker)).expiresAtMs).toBe(11_000);
  });

  it.each([
    '',
    '1.2.3.4',
    '1.2.3|1.t',
    '1.2.3.4.5|1.t',
    '1.2.-3.4|1.t',
    '1.2.3.4|t',
    '1.2.3.4|1.',
    '1.2.3.4|1.k:',
    '1.2.3.4|1.z:a',
    '1.2.3.4|.t',
    '1.2.3.4|1.t|1.t',
    'A.2.3.4|1.t',
  ])("is not '%s'", (text) => {
    expect(() => decodeMarker(text)).toThrow(`not a reservation marker: '${text}'`);
  });

  it.each<Partial<Marker>>([
    { amounts: { requests: 1, tokens: 0.5, nanoUsd: 0 } },
    { amounts: { requests: 1, tokens: -1, nanoUsd: 0 } },
    { amounts: { requests: 1, tokens: 1, nanoUsd: Number.NaN } },
    { amounts: { requests: 1, tokens: 1, nanoUsd: Number.POSITIVE_INFINITY } },
    { scopes: [] },
  ])('is not written when nobody could read it again: %j', (changes) => {
    const marker: Marker = {
      amounts: { requests: 1, tokens: 1, nanoUsd: 1 },
      expiresAtMs: 1_000,
      scopes: [{ scope: 't', mask: 1 }],
      ...changes,
    };

    expect(() => encodeMarker(marker)).toThrow('not a reservation marker');
  });

  it('tells, with the time in its id, the very windows that were taken from', () => {
    const madeAtMs = Date.UTC(2026, 10, 30, 23, 59, 59, 999);
    const parts = [
      { scope: 't' as const, mask: windowMask('t', { tokensPerDay: 5 }) },
      { scope: 'k:a' as const, mask: windowMask('k:a', { requestsPerMinute: 5 }) },
    ];

    const names = markedWindows(formatUlid(madeAtMs, []), { scopes: parts });

    const taken = parts.flatMap((part) => windowsOf(part.scope, part.mask, madeAtMs));
    expect(names).toEqual(taken.map((window) => window.name));
    expect(names).toContain('t:d:30:t');
  });
});

import { describe, expect, it } from 'vitest';
import { readBearer } from '#core/identity/read-bearer.ts';

const read = (...values: string[]): string | undefined => {
  const outcome = readBearer(values);
  return outcome.ok ? outcome.value : undefined;
};

describe('reading the authorization header', () => {
  it('takes the scheme in any case', () => {
    expect(['Bearer sk-a', 'bearer sk-a', 'BEARER   sk-a'].map((value) => read(value))).toEqual([
      'sk-a',
      'sk-a',
      'sk-a',
    ]);
  });

  it('refuses two headers, even when they agree', () => {
    expect(read('Bearer sk-a', 'Bearer sk-a')).toBeUndefined();
  });

  it('refuses two credentials joined into one header', () => {
    expect(read('Bearer sk-a, Bearer sk-b')).toBeUndefined();
  });

  it.each(['', 'Bearer', 'Bearer ', 'sk-a', 'Basic c2stYTo=', 'Bearer a b', ' Bearer sk-a'])(
    'refuses %j',
    (value) => {
      expect(read(value)).toBeUndefined();
    },
  );

  it.each(['Bearer sk-a\r\nx: y', 'Bearer sk-\u001b[31m', 'Bearer sk-a\u0000', 'Bearer sk-ä'])(
    'refuses control characters and everything else no credential has: %j',
    (value) => {
      expect(read(value)).toBeUndefined();
    },
  );

  it('does not look at a credential of 64 KB', () => {
    expect(read(`Bearer ${'a'.repeat(65_536)}`)).toBeUndefined();
  });
});

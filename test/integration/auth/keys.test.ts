import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { type AuthBench, keyOf, startAuth, tenantOf } from '../../support/auth.ts';

const SECRET = `sk-${'A'.repeat(43)}`;

let bench: AuthBench;
const benches: AuthBench[] = [];

beforeEach(async () => {
  bench = await startAuth();
  benches.push(bench);
});

afterAll(async () => {
  await Promise.all(benches.map(({ issuer }) => issuer.close()));
});

/** Whose tenant it opened, or the code of the failure. */
async function present(...authorization: string[]): Promise<string> {
  const outcome = await bench.authorize(authorization);
  return outcome.ok ? outcome.value.tenantId : outcome.failure.code;
}

describe('a key', () => {
  it('opens its own tenant and no other', async () => {
    await bench.registry.putTenant(tenantOf('globex'));
    await bench.registry.putKey(keyOf('acme', SECRET));
    await bench.registry.putKey(keyOf('globex', 'sk-globex'));

    expect([await present(`Bearer ${SECRET}`), await present('Bearer sk-globex')]).toEqual([
      'acme',
      'globex',
    ]);
  });

  it.each([
    ['one character short', SECRET.slice(0, -1)],
    ['in other case', SECRET.toLowerCase()],
    ['given as its hash', keyOf('acme', SECRET).hash],
    ['given as its id', keyOf('acme', SECRET).id],
    ['empty', 'sk-'],
  ])('opens nothing when it is %s', async (_what, secret) => {
    await bench.registry.putKey(keyOf('acme', SECRET));

    expect(await present(`Bearer ${secret}`)).toBe('invalid_api_key');
  });

  it('stops working within 15 s of its revocation', async () => {
    await bench.registry.putKey(keyOf('acme', SECRET));
    const before = await present(`Bearer ${SECRET}`);
    await bench.registry.putKey(keyOf('acme', SECRET, { status: 'revoked', version: 1 }));
    await bench.clock.advance(15_000);

    expect([before, await present(`Bearer ${SECRET}`)]).toEqual(['acme', 'invalid_api_key']);
  });

  it('stops working the second it expires, cached or not', async () => {
    const expiresAt = new Date(bench.clock.nowMs() + 5_000).toISOString();
    await bench.registry.putKey(keyOf('acme', SECRET, { expiresAt }));
    const before = await present(`Bearer ${SECRET}`);
    await bench.clock.advance(5_000);

    expect([before, await present(`Bearer ${SECRET}`)]).toEqual(['acme', 'invalid_api_key']);
  });

  it('is forbidden everything while its tenant is suspended', async () => {
    await bench.registry.putTenant(tenantOf('globex', { status: 'suspended' }));
    await bench.registry.putKey(keyOf('globex', SECRET));

    expect(await present(`Bearer ${SECRET}`)).toBe('tenant_suspended');
  });

  it('is refused beside a second authorization header', async () => {
    await bench.registry.putKey(keyOf('acme', SECRET));

    expect(await present(`Bearer ${SECRET}`, `Bearer ${SECRET}`)).toBe('invalid_api_key');
  });
});

describe('F39 the log of refusals', () => {
  it('never holds the credential', async () => {
    await bench.registry.putKey(keyOf('acme', SECRET, { status: 'revoked' }));
    const token = await bench.token({ exp: 1, iat: 0 });

    await present(`Bearer ${SECRET}`);
    await present('Bearer sk-guessed-by-someone');
    await present(`Bearer ${token}`);
    await present(`Basic ${SECRET}`);

    const log = bench.log.lines.join('\n');
    expect(bench.reasons()).toEqual([
      'revoked_key',
      'unknown_key',
      'token_expired',
      'malformed_header',
    ]);
    expect(log).toContain('id-of-acme');
    expect(
      [SECRET, 'guessed', token.slice(0, 20), keyOf('acme', SECRET).hash].filter((secret) =>
        log.includes(secret),
      ),
    ).toEqual([]);
  });

  it('cannot be forged by what a token says', async () => {
    const kid = 'x\r\n{"level":"info","message":"all is well"}\u001b[2J\u2028{{jndi:ldap://evil}}';

    await bench.present(await bench.token({}, { kid }));

    const [line] = bench.log.lines.map((text) => JSON.parse(text));
    expect(line).toMatchObject({ reason: 'unknown_signing_key' });
    expect(line.about).toMatch(/^[\w.:@/+=?-]{1,64}$/);
  });

  it('cannot be forged by a header with control characters', async () => {
    await present('Bearer sk-a\r\n{"forged":true}');

    expect(bench.log.lines.join('')).not.toContain('forged');
    expect(bench.reasons()).toEqual(['malformed_header']);
  });
});

import { describe, expect, it } from 'vitest';
import { ACME, GovernanceBench, NOW_MS } from '../../support/governance.ts';

const KEYS = '/admin/v1/tenants/acme/keys';

async function benchWithAcme(pageSize?: number): Promise<GovernanceBench> {
  const bench = new GovernanceBench({}, pageSize);
  await bench.registry.putTenant(ACME);
  return bench;
}

describe('keys', () => {
  it('show their secret once, and are found by its hash', async () => {
    const bench = await benchWithAcme();

    const created = await bench.send('POST', KEYS, { body: { name: 'ci' } });
    const shown = await bench.send('GET', `${KEYS}/${created.json['id']}`);

    const { secret, ...key } = created.json;
    expect(created.status).toBe(201);
    expect(secret).toMatch(/^sk-[\w-]{43}$/);
    expect(shown.json).toEqual(key);
    expect(JSON.stringify(shown.json)).not.toContain('hash');
    expect(await bench.registry.keyByHash(bench.parts.mint.sha256(String(secret)))).toMatchObject({
      id: key['id'],
      scopes: ['ballast/inference'],
    });
  });

  it('carry scopes, limits and an expiry', async () => {
    const bench = await benchWithAcme();
    const body = {
      name: 'night job',
      scopes: ['ballast/inference', 'ballast/audit'],
      limits: { usd_per_day: '0.05', tokens_per_minute: null },
      expires_at: '2027-01-31T00:00:00+01:00',
    };

    const { json } = await bench.send('POST', KEYS, { body });

    expect(json).toMatchObject({
      scopes: ['ballast/inference', 'ballast/audit'],
      limits: { usd_per_day: '0.05', tokens_per_minute: null },
      created_at: new Date(NOW_MS).toISOString(),
      expires_at: '2027-01-30T23:00:00.000Z',
    });
  });

  it.each([
    { scopes: ['ballast/everything'] },
    { scopes: [] },
    { expires_at: 'tomorrow' },
    { expires_at: '2026-11-23T09:59:59Z' },
    { limits: { concurrent_requests: 3 } },
    { secret: 'sk-mine' },
  ])('refuse %j', async (body) => {
    const bench = await benchWithAcme();

    const answer = await bench.send('POST', KEYS, { body });

    expect(answer).toMatchObject({ status: 400, json: { error: { code: 'invalid_value' } } });
    expect((await bench.registry.keys('acme')).items).toEqual([]);
  });

  it('are revoked for good, and revoking twice is revoking once', async () => {
    const bench = await benchWithAcme(1);
    await bench.send('POST', KEYS, { body: { name: 'first page' } });
    const { json } = await bench.send('POST', KEYS, { body: { name: 'second page' } });

    const first = await bench.send('DELETE', `${KEYS}/${json['id']}`);
    const second = await bench.send('DELETE', `${KEYS}/${json['id']}`);

    expect(first).toMatchObject({ status: 200, json: { status: 'revoked', version: 2 } });
    expect(second).toEqual({ ...first, headers: { ...second.headers } });
    expect(bench.completions.filter(({ route }) => route?.includes('DELETE'))).toHaveLength(1);
  });

  it('of another tenant are not found', async () => {
    const bench = await benchWithAcme();
    await bench.registry.putTenant({ ...ACME, id: 'other' });
    const { json } = await bench.send('POST', KEYS, { body: {} });

    const foreign = await bench.send('DELETE', `/admin/v1/tenants/other/keys/${json['id']}`);

    expect(foreign).toMatchObject({ status: 404, json: { error: { code: 'not_found' } } });
  });

  it('are listed without secret and hash', async () => {
    const bench = await benchWithAcme();
    const { json } = await bench.send('POST', KEYS, { body: { name: 'ci' } });

    const list = await bench.send('GET', KEYS);

    expect(list.json).toMatchObject({ object: 'list', data: [{ id: json['id'], name: 'ci' }] });
    expect(JSON.stringify(list.json)).not.toMatch(/secret|hash/);
  });
});

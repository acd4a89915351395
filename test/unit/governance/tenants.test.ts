import { describe, expect, it } from 'vitest';
import { ACME, ADMIN, GovernanceBench } from '../../support/governance.ts';

async function benchWithAcme(): Promise<GovernanceBench> {
  const bench = new GovernanceBench();
  await bench.registry.putTenant(ACME);
  return bench;
}

const message = (json: Readonly<Record<string, unknown>>): string =>
  (json['error'] as { message: string }).message;

describe('tenants', () => {
  it('come with limits in the API’s words, and dollars as decimal texts', async () => {
    const bench = await benchWithAcme();

    const answer = await bench.send('GET', '/admin/v1/tenants/acme');

    expect(answer.status).toBe(200);
    expect(answer.headers['etag']).toBe('"1"');
    expect(answer.json).toEqual({
      object: 'tenant',
      id: 'acme',
      name: 'Acme',
      status: 'active',
      limits: {
        requests_per_minute: 5,
        tokens_per_minute: null,
        tokens_per_day: null,
        usd_per_day: '0.05',
        usd_per_month: null,
        concurrent_requests: null,
      },
      routes: null,
      guardrail_policy: null,
      bodies: 'hash-only',
      version: 1,
    });
  });

  it('are created once', async () => {
    const bench = new GovernanceBench();
    const body = { id: 'beta', limits: { usd_per_day: 0.05, usd_per_month: '12.5' } };

    const first = await bench.send('POST', '/admin/v1/tenants', { body });
    const second = await bench.send('POST', '/admin/v1/tenants', { body });

    expect(first).toMatchObject({ status: 201, json: { id: 'beta', version: 1 } });
    expect((await bench.registry.tenant('beta'))?.limits).toEqual({
      nanoUsdPerDay: 50_000_000,
      nanoUsdPerMonth: 12_500_000_000,
    });
    expect(second).toMatchObject({ status: 409, json: { error: { code: 'conflict' } } });
  });

  it('are listed page by page', async () => {
    const bench = new GovernanceBench({}, 2);
    for (const id of ['a', 'b', 'c']) await bench.registry.putTenant({ ...ACME, id });

    const first = await bench.send('GET', '/admin/v1/tenants');
    const second = await bench.send('GET', `/admin/v1/tenants?after=${first.json['next']}`);

    expect(first.json).toMatchObject({ has_more: true, data: [{ id: 'a' }, { id: 'b' }] });
    expect(second.json).toMatchObject({ has_more: false, next: null, data: [{ id: 'c' }] });
  });

  it('keep what a change does not name, and lose a limit set to null', async () => {
    const bench = await benchWithAcme();

    const answer = await bench.send('PATCH', '/admin/v1/tenants/acme', {
      body: { version: 1, limits: { requests_per_minute: null } },
    });

    expect(answer).toMatchObject({ status: 200, json: { version: 2 }, headers: { etag: '"2"' } });
    expect(await bench.registry.tenant('acme')).toMatchObject({
      name: 'Acme',
      limits: { nanoUsdPerDay: 50_000_000 },
      version: 2,
    });
  });

  it('take the version from if-match as well', async () => {
    const bench = await benchWithAcme();

    const answer = await bench.send('PATCH', '/admin/v1/tenants/acme', {
      body: { name: 'Acme Ltd' },
      headers: { 'if-match': '"1"' },
    });

    expect(answer.json).toMatchObject({ name: 'Acme Ltd', version: 2 });
  });

  it('refuse a change that read an older version, and name both', async () => {
    const bench = await benchWithAcme();
    await bench.registry.putTenant({ ...ACME, name: 'Acme Ltd', version: 1 });

    const answer = await bench.send('PATCH', '/admin/v1/tenants/acme', {
      body: { version: 1, name: 'Acme Inc' },
    });

    expect(answer.status).toBe(409);
    expect(message(answer.json)).toBe(
      "tenant 'acme' is at version 2, the change was made against version 1; read it again and repeat the change",
    );
    expect((await bench.registry.tenant('acme'))?.name).toBe('Acme Ltd');
  });

  it.each([
    ['no version', {}, {}],
    ['two versions', { version: 1 }, { 'if-match': '"2"' }],
    ['an unreadable version', {}, { 'if-match': 'latest' }],
  ])('refuse a change with %s', async (_name, body, headers) => {
    const bench = await benchWithAcme();

    const answer = await bench.send('PATCH', '/admin/v1/tenants/acme', { body, headers });

    expect(answer.status).toBe(400);
    expect(message(answer.json)).toContain('version');
  });

  it('are suspended, never deleted, and suspending twice is suspending once', async () => {
    const bench = await benchWithAcme();

    const first = await bench.send('DELETE', '/admin/v1/tenants/acme');
    const second = await bench.send('DELETE', '/admin/v1/tenants/acme');

    expect(first).toMatchObject({ status: 200, json: { status: 'suspended', version: 2 } });
    expect(second).toMatchObject({ status: 200, json: { status: 'suspended', version: 2 } });
  });

  it('cannot be suspended by their own administrator', async () => {
    const bench = new GovernanceBench();
    await bench.registry.putTenant({ ...ACME, id: ADMIN.tenantId });

    const deleted = await bench.send('DELETE', '/admin/v1/tenants/operator');
    const patched = await bench.send('PATCH', '/admin/v1/tenants/operator', {
      body: { version: 1, status: 'suspended' },
    });

    expect([deleted.status, patched.status]).toEqual([400, 400]);
    expect((await bench.registry.tenant('operator'))?.status).toBe('active');
  });

  it('are not looked for under a name none can have', async () => {
    const bench = new GovernanceBench();
    bench.registry.tenant = (id) => Promise.reject(new Error(`looked for ${id}`));

    const answer = await bench.send('GET', '/admin/v1/tenants/ACME%23pk');

    expect(answer.status).toBe(404);
  });

  it.each([
    ['acme2', 'one that does not exist'],
    ['ACME', 'one that cannot exist'],
    ['%E0%A4', 'a broken escape'],
  ])('answer 404 for %s: %s', async (id) => {
    const bench = await benchWithAcme();

    const answer = await bench.send('GET', `/admin/v1/tenants/${id}`);

    expect(answer).toMatchObject({ status: 404, json: { error: { code: 'not_found' } } });
  });

  it.each([
    [{ id: 'x', limit: {} }, 'limit', "unknown field 'limit'; the fields here are id, name"],
    [{ id: 'x', limits: { rpm: 1 } }, 'limits.rpm', 'the fields here are requests_per_minute'],
    [{ id: 'Not OK' }, 'id', 'got "Not OK"'],
    [{}, 'id', 'id is missing'],
    [{ id: 'x', limits: { tokens_per_day: 1.5 } }, 'limits.tokens_per_day', 'got 1.5'],
    [{ id: 'x', limits: { usd_per_day: -1 } }, 'limits.usd_per_day', 'got -1'],
    [{ id: 'x', name: 'two\nlines' }, 'name', 'on one line'],
    [{ id: 'x', routes: ['chat-defualt'] }, 'routes[0]', 'there are chat-default'],
    [{ id: 'x', guardrail_policy: 'none' }, 'guardrail_policy', 'there are default, strict'],
  ])('refuse %j and say the way out', async (body, param, words) => {
    const answer = await new GovernanceBench().send('POST', '/admin/v1/tenants', { body });

    expect(answer).toMatchObject({
      status: 400,
      json: { error: { code: 'invalid_value', param } },
    });
    expect(message(answer.json)).toContain(words);
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isUlid } from '#core/time/ulid.ts';
import { ACME, ADMIN, CHAT_ROUTE, GovernanceBench } from '../../support/governance.ts';

const INFERENCE_ONLY = { ...ADMIN, scopes: ['ballast/inference'] as const };
const ADMIN_ONLY = { ...ADMIN, scopes: ['ballast/admin'] as const };
const broken = () => Promise.reject(new Error('table sk-secret is on fire'));

describe('the governance door', () => {
  it('gives every answer an id, and lets none be cached', async () => {
    const bench = new GovernanceBench();

    const answers = [
      await bench.send('GET', '/admin/v1/routes'),
      await bench.send('GET', '/admin/v1/nothing'),
    ];

    for (const { headers } of answers) {
      expect(isUlid(headers['x-request-id'] ?? '')).toBe(true);
      expect(headers['cache-control']).toBe('no-store');
    }
  });

  it.each([
    ['GET', '/admin/v1/tenants', INFERENCE_ONLY, 403, 'insufficient_scope'],
    ['POST', '/admin/v1/tenants', INFERENCE_ONLY, 403, 'insufficient_scope'],
    ['GET', '/v1/usage', ADMIN_ONLY, 403, 'insufficient_scope'],
    ['GET', '/v1/usage', null, 401, 'invalid_api_key'],
    ['PUT', '/admin/v1/tenants', ADMIN, 404, 'method_not_allowed'],
    ['GET', '/admin/v1', ADMIN, 404, 'not_found'],
    ['GET', '/v1/audit/', ADMIN, 404, 'not_found'],
    ['GET', '/admin/v1/tenants/', ADMIN, 404, 'not_found'],
    ['PUT', '/admin/v1/clients/', ADMIN, 404, 'not_found'],
    ['PUT', '/admin/v1/clients/%E0%A4', ADMIN, 404, 'not_found'],
  ] as const)(
    'answers %s %s with the failure it is',
    async (method, path, caller, status, code) => {
      const answer = await new GovernanceBench().send(method, path, { caller });

      expect(answer).toMatchObject({ status, json: { error: { code } } });
    },
  );

  it('names the methods there are', async () => {
    const { headers } = await new GovernanceBench().send('PUT', '/admin/v1/tenants');

    expect(headers['allow']).toBe('GET, POST');
  });

  it('lists routes and their targets', async () => {
    const { json } = await new GovernanceBench().send('GET', '/admin/v1/routes');

    expect(json).toMatchObject({
      object: 'list',
      data: [{ name: CHAT_ROUTE.name, targets: [{ provider: 'simulated', model: 'echo' }] }],
    });
  });

  it('binds an OAuth2 client to a tenant that exists', async () => {
    const bench = new GovernanceBench();
    await bench.registry.putTenant(ACME);

    const bound = await bench.send('PUT', '/admin/v1/clients/app%2F1', {
      body: { tenant: 'acme' },
    });
    const refused = await bench.send('PUT', '/admin/v1/clients/app', {
      body: { tenant: 'nobody' },
    });

    expect(bound.json).toEqual({ object: 'client', client_id: 'app/1', tenant: 'acme' });
    expect(await bench.registry.tenantOfClient('app/1')).toBe('acme');
    expect(refused).toMatchObject({ status: 400, json: { error: { param: 'tenant' } } });
  });

  it('says which store is away, and keeps the cause for the log', async () => {
    const bench = new GovernanceBench({ usage: { month: broken } });

    const answer = await bench.send('GET', '/v1/usage');

    expect(answer).toMatchObject({ status: 503, json: { error: { code: 'quota_unavailable' } } });
    expect(JSON.stringify(answer.json)).not.toContain('fire');
    expect(bench.logged).toMatchObject([{ fields: { code: 'quota_unavailable' } }]);
  });

  it('logs who reached for what they may not', async () => {
    const bench = new GovernanceBench();

    await bench.send('POST', '/admin/v1/tenants', { caller: INFERENCE_ONLY });

    expect(bench.logged).toMatchObject([
      { fields: { code: 'insufficient_scope', tenantId: 'operator' } },
    ]);
  });

  it('tells allowed origins, and only those, that they may read', async () => {
    const bench = new GovernanceBench({ allowedOrigins: 'https://console.example' });
    const send = (origin: string) => bench.send('GET', '/admin/v1/routes', { headers: { origin } });

    const [own, foreign] = [
      await send('https://console.example'),
      await send('https://evil.example'),
    ];

    expect(own.headers['access-control-allow-origin']).toBe('https://console.example');
    expect(foreign.headers['access-control-allow-origin']).toBeUndefined();
  });

  it('answers any body in the OpenAI shape', async () => {
    const body = fc.oneof(
      fc.json(),
      fc.string({ unit: 'binary' }),
      fc.json().map((limits) => `{"id":"x","version":1,"limits":${limits}}`),
      fc.constantFrom('['.repeat(30_000), '{"__proto__":{"id":"x"}}', '{"name":"\\ud800"}', 'null'),
    );
    const send = fc.constantFrom(
      ['POST', '/admin/v1/tenants'],
      ['PATCH', '/admin/v1/tenants/acme'],
      ['POST', '/admin/v1/tenants/acme/keys'],
      ['PUT', '/admin/v1/clients/app'],
    );

    await fc.assert(
      fc.asyncProperty(send, body, async ([method = '', path = ''], text) => {
        const bench = new GovernanceBench();
        await bench.registry.putTenant(ACME);

        const { status, json } = await bench.send(method, path, { body: text });

        expect(status).toBeLessThan(500);
        expect(Object.keys(status < 300 ? json : (json['error'] as object))).toEqual(
          status < 300 ? expect.arrayContaining(['object']) : ['message', 'type', 'param', 'code'],
        );
      }),
    );
  });

  it('refuses a body of more than 64 KB', async () => {
    const answer = await new GovernanceBench().send('POST', '/admin/v1/tenants', {
      body: ' '.repeat(65_537),
    });

    expect(answer).toMatchObject({ status: 413, json: { error: { code: 'request_too_large' } } });
  });
});

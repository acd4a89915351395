import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DynamodbAuditLog } from '#adapters/dynamodb/dynamodb-audit-log.ts';
import { DynamodbTenantRegistry } from '#adapters/dynamodb/dynamodb-tenant-registry.ts';
import { newUlid } from '#runtime/host.ts';
import { type Dynalite, startDynalite } from '../../support/dynalite.ts';
import { ADMIN, GovernanceBench } from '../../support/governance.ts';

let tables: Dynalite;
let bench: GovernanceBench;
let registry: DynamodbTenantRegistry;

beforeAll(async () => {
  tables = await startDynalite();
  const { client } = tables;
  registry = new DynamodbTenantRegistry({ client, tableName: 'control', pageSize: 2 });
  const audit = new DynamodbAuditLog({
    client,
    tableName: 'audit',
    clock: { sleep: async () => {} },
    random: () => 0,
  });
  bench = new GovernanceBench({ registry, auditLog: audit, auditReader: audit, newId: newUlid });
});

afterAll(() => tables.close());

describe('the governance door on DynamoDB', () => {
  it('makes a tenant and a key that the authorizer will find, and revokes it', async () => {
    await bench.send('POST', '/admin/v1/tenants', { body: { id: 'acme' } });
    const keys = '/admin/v1/tenants/acme/keys';
    const { json } = await bench.send('POST', keys, { body: { limits: { usd_per_day: 0.05 } } });
    const hash = bench.parts.mint.sha256(String(json['secret']));

    const active = await registry.keyByHash(hash);
    await bench.send('DELETE', `${keys}/${json['id']}`);
    const revoked = await registry.keyByHash(hash);

    expect(active).toMatchObject({ status: 'active', limits: { nanoUsdPerDay: 50_000_000 } });
    expect(revoked).toMatchObject({ status: 'revoked', version: 2 });
  });

  it('lets one of ten changes to the same version through', async () => {
    await bench.send('POST', '/admin/v1/tenants', { body: { id: 'busy' } });

    const answers = await Promise.all(
      Array.from({ length: 10 }, (_, index) =>
        bench.send('PATCH', '/admin/v1/tenants/busy', { body: { version: 1, name: `n${index}` } }),
      ),
    );

    expect(answers.map(({ status }) => status).sort()).toEqual([200, ...Array(9).fill(409)]);
    expect(await registry.tenant('busy')).toMatchObject({ version: 2 });
  });

  it('finds a key on a later page, and refuses a page that no page led to', async () => {
    const keys = '/admin/v1/tenants/paged/keys';
    await bench.send('POST', '/admin/v1/tenants', { body: { id: 'paged' } });
    for (let key = 0; key < 5; key += 1) await bench.send('POST', keys, { body: {} });
    const first = await bench.send('GET', keys);
    const second = await bench.send('GET', `${keys}?after=${first.json['next']}`);
    const third = await bench.send('GET', `${keys}?after=${second.json['next']}`);
    const [last] = third.json['data'] as readonly { readonly id: string }[];

    const shown = await bench.send('GET', `${keys}/${last?.id}`);
    const invented = await bench.send('GET', `${keys}?after=invented!`);

    expect(third.json['has_more']).toBe(false);
    expect(shown).toMatchObject({ status: 200, json: { id: last?.id } });
    expect(invented).toMatchObject({ status: 400, json: { error: { param: 'after' } } });
  });

  it('answers GET /v1/audit/{id} for its own changes, and only to the tenant that made them', async () => {
    const body = { id: 'audited', name: 'Audited' };
    const change = await bench.send('POST', '/admin/v1/tenants', { body });
    const path = `/v1/audit/${change.headers['x-request-id']}`;

    const own = await bench.send('GET', path);
    const foreign = await bench.send('GET', path, { caller: { ...ADMIN, tenantId: 'demo' } });

    expect(own.json).toMatchObject({
      tenant: ADMIN.tenantId,
      key: ADMIN.keyId,
      route: 'admin POST /admin/v1/tenants',
      outcome: 'completed',
      cost_usd: '0',
      max_attempts: 0,
    });
    const { request } = own.json['bodies'] as { readonly request: string };
    expect(JSON.parse(JSON.parse(request).body)).toEqual(body);
    expect(foreign.status).toBe(404);
  });
});

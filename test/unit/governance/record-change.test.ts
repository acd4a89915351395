import { describe, expect, it } from 'vitest';
import { ACME, GovernanceBench } from '../../support/governance.ts';

const CREATE = { body: { id: 'beta' } };
const broken = () => Promise.reject(new Error('the table is on fire'));

describe('the account of an admin change', () => {
  it('says who changed what, under the answer’s own id', async () => {
    const bench = new GovernanceBench();

    const { headers } = await bench.send('POST', '/admin/v1/tenants', CREATE);

    const who = { id: headers['x-request-id'], tenantId: 'operator', keyId: 'adminkey0001' };
    expect(bench.intents).toMatchObject([{ ...who, route: 'admin POST /admin/v1/tenants' }]);
    expect(bench.completions).toMatchObject([{ ...who, outcome: 'completed' }]);
    expect(JSON.parse(bench.completions[0]?.bodies?.request ?? '')).toEqual({
      method: 'POST',
      path: '/admin/v1/tenants',
      body: '{"id":"beta"}',
    });
  });

  it('is begun before the change, so that none goes unrecorded', async () => {
    const bench = new GovernanceBench({
      auditLog: { writeIntent: broken, writeCompletion: async () => {} },
    });

    const answer = await bench.send('POST', '/admin/v1/tenants', CREATE);

    expect(answer).toMatchObject({ status: 503, json: { error: { code: 'audit_unavailable' } } });
    expect(await bench.registry.tenant('beta')).toBeUndefined();
  });

  it('is spilled when it cannot be completed, and the answer stands', async () => {
    const bench = new GovernanceBench({
      auditLog: { writeIntent: async () => {}, writeCompletion: broken },
    });

    const answer = await bench.send('POST', '/admin/v1/tenants', CREATE);

    expect(answer.status).toBe(201);
    expect(bench.spilled).toMatchObject([{ outcome: 'completed' }]);
  });

  it('names a change that lost to another as refused', async () => {
    const bench = new GovernanceBench();
    await bench.registry.putTenant({ ...ACME, id: 'beta' });

    await bench.send('POST', '/admin/v1/tenants', CREATE);

    expect(bench.completions).toMatchObject([{ outcome: 'refused', failure: 'conflict' }]);
  });

  it('never holds the secret of a new key', async () => {
    const bench = new GovernanceBench();
    await bench.registry.putTenant(ACME);

    const { json } = await bench.send('POST', '/admin/v1/tenants/acme/keys', { body: {} });

    const kept = JSON.stringify([bench.intents, bench.completions, bench.logged]);
    expect(kept).not.toContain(String(json['secret']));
  });

  it('is not written for reading', async () => {
    const bench = new GovernanceBench();

    await bench.send('GET', '/admin/v1/tenants');

    expect(bench.intents).toEqual([]);
  });
});

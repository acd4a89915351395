import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DynamodbQuotaStore } from '#adapters/dynamodb/dynamodb-quota-store.ts';
import { DynamodbQuotaUsage } from '#adapters/dynamodb/dynamodb-quota-usage.ts';
import { DAY_MS } from '#core/time/clock.ts';
import { newUlid } from '#runtime/host.ts';
import { type Dynalite, startDynalite } from '../../support/dynalite.ts';
import { NOW_MS } from '../../support/governance.ts';

let tables: Dynalite;
let store: DynamodbQuotaStore;
let usage: DynamodbQuotaUsage;

beforeAll(async () => {
  tables = await startDynalite();
  const parts = { client: tables.client, tableName: 'quota' };
  const clock = { nowMs: () => NOW_MS, sleep: async () => {} };
  store = new DynamodbQuotaStore({ ...parts, clock, random: () => 0 });
  usage = new DynamodbQuotaUsage(parts);
});

afterAll(() => tables.close());

/** Reserves for a tenant without limits. */
async function reserve(tenantId: string, keyId: string) {
  const outcome = await store.reserve({
    id: newUlid(NOW_MS),
    tenantId,
    keyId,
    limits: { tenant: {} },
    amounts: { requests: 1, tokens: 1_000, nanoUsd: 2_000_000 },
    expiresAtMs: NOW_MS + 60_000,
  });
  if (!outcome.granted) throw new Error('a tenant without limits was refused');
  return outcome.reservation;
}

describe('usage on DynamoDB', () => {
  it('is nothing for a tenant that has not called', async () => {
    expect(await usage.month('quiet', NOW_MS)).toEqual({ requests: 0, tokens: 0, nanoUsd: 0 });
  });

  it('adds up what was settled and what is reserved, over all keys, limited or not', async () => {
    const first = await reserve('acme', 'key1');
    await reserve('acme', 'key2');

    await store.settle(first, { requests: 1, tokens: 12, nanoUsd: 17_000 });

    expect(await usage.month('acme', NOW_MS)).toEqual({
      requests: 2,
      tokens: 1_012,
      nanoUsd: 2_017_000,
    });
  });

  it('begins anew with the month', async () => {
    await reserve('monthly', 'key1');

    const nextMonth = await usage.month('monthly', NOW_MS + 8 * DAY_MS);

    expect(nextMonth).toEqual({ requests: 0, tokens: 0, nanoUsd: 0 });
  });
});

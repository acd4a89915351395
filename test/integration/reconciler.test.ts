import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DynamodbAuditLog } from '#adapters/dynamodb/dynamodb-audit-log.ts';
import { DynamodbQuotaStore } from '#adapters/dynamodb/dynamodb-quota-store.ts';
import { DynamodbQuotaUsage } from '#adapters/dynamodb/dynamodb-quota-usage.ts';
import type { Amounts } from '#core/quota/limits.ts';
import type { LogFields, Measurement } from '#runtime/observability.ts';
import { createReconciler } from '../../lambdas/reconciler/reconciler.ts';
import { aCompletion, anId, anIntent } from '../support/audit-samples.ts';
import { type Dynalite, startDynalite } from '../support/dynalite.ts';

/** A minute after the samples' ids were made; reservations expire in between. */
const NOW_MS = Date.UTC(2026, 10, 23, 10, 1);
const AMOUNTS: Amounts = { requests: 1, tokens: 1_200, nanoUsd: 2_200_000 };

let tables: Dynalite;
beforeAll(async () => {
  tables = await startDynalite();
});
afterAll(() => tables.close());

/** What one Lambda instance has: adapters of its own over the same tables. */
function anInstance() {
  const clock = { nowMs: () => NOW_MS, sleep: async () => {} };
  const shared = { client: tables.client, clock, random: Math.random };
  const quotas = new DynamodbQuotaStore({ ...shared, tableName: 'quota' });
  const audit = new DynamodbAuditLog({ ...shared, tableName: 'audit' });
  const measured: Measurement[] = [];
  const errors: (LogFields | undefined)[] = [];
  const run = createReconciler({
    orphans: quotas,
    quotas,
    audit,
    clock,
    log: { info: () => {}, warn: () => {}, error: (_message, fields) => errors.push(fields) },
    metrics: { emit: (measurements) => measured.push(...measurements) },
  });
  return { quotas, audit, measured, errors, run: () => run({ deadlineMs: NOW_MS + 60_000 }) };
}

describe('two reconcilers at once', () => {
  it('settle every orphan once, at what its record says', async () => {
    const [first, second] = [anInstance(), anInstance()];
    const ids = Array.from({ length: 30 }, (_, index) => anId(index));
    for (const [index, id] of ids.entries()) {
      await first.quotas.reserve({
        id,
        tenantId: 'acme',
        keyId: 'abcdef012345',
        limits: { tenant: { tokensPerDay: 1_000_000 }, key: { tokensPerMinute: 1_000_000 } },
        amounts: AMOUNTS,
        expiresAtMs: NOW_MS - 1_000,
      });
      // A third completed, a third only began, a third never came that far.
      if (index % 3 < 2) await first.audit.writeIntent(anIntent({ id }));
      if (index % 3 === 0) await first.audit.writeCompletion(aCompletion({ id }));
    }

    await Promise.all([first.run(), second.run()]);
    await first.run();

    const usage = new DynamodbQuotaUsage({ client: tables.client, tableName: 'quota' });
    expect(await usage.month('acme', NOW_MS)).toEqual({
      requests: 20,
      tokens: 10 * 1_190 + 10 * 1_200,
      nanoUsd: 10 * 2_150_000 + 10 * 2_200_000,
    });
    const counted = [...first.measured, ...second.measured];
    const sum = (name: string) =>
      counted.filter((one) => one.name === name).reduce((total, { value }) => total + value, 0);
    expect(sum('OrphanedReservations')).toBe(30);
    expect(sum('AbandonedInferences')).toBe(10);
    expect([...first.errors, ...second.errors]).toEqual([]);
    expect(await second.audit.find('acme', anId(1))).toMatchObject({
      intent: { id: anId(1) },
      completion: { outcome: 'abandoned', usage: { source: 'estimated' } },
    });
  });
});

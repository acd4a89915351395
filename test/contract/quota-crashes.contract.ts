import { fork } from 'node:child_process';
import { once } from 'node:events';
import { type DynamoDBClient, ScanCommand } from '@aws-sdk/client-dynamodb';
import { describe, expect, it } from 'vitest';
import { DynamodbQuotaStore } from '#adapters/dynamodb/dynamodb-quota-store.ts';
import { usageOf } from '#core/chat/usage.ts';
import type { Amounts } from '#core/quota/limits.ts';
import { windowMask, windowsOf } from '#core/quota/windows.ts';
import { ulidTimeMs } from '#core/time/ulid.ts';
import { createReconciler } from '../../lambdas/reconciler/reconciler.ts';
import { aCompletion, anIntent } from '../support/audit-samples.ts';
import { type AppliedUpdate, startLossyProxy } from '../support/lossy-proxy.ts';
import { MemoryAuditLog } from '../support/memory-audit-log.ts';
import { type Books, booksOf, type Item, markersIn, overdrawn } from '../support/quota-books.ts';
import {
  type CrashStep,
  HAMMER_MS,
  type HammerMessage,
  type HammerPlan,
  KEY_LIMITS,
  TIGHT,
  tenantLimits,
} from '../support/quota-hammer-plan.ts';
import { RecordingLog, RecordingMetrics } from '../support/recorders.ts';

/** A DynamoDB with the platform's tables, empty. */
export interface QuotaDatabase {
  readonly endpoint: string;
  readonly client: DynamoDBClient;
}

/** Two processes live these lives, one after the other; the last ends by itself. */
const LIVES: readonly (readonly (CrashStep | undefined)[])[] = [
  ['reserved', 'settling', undefined],
  ['completed', 'intended', undefined],
];

/** No process may break the books, however it dies and whatever the network loses. */
export function describeQuotaCrashes(name: string, start: () => Promise<QuotaDatabase>): void {
  describe(`two processes that die: ${name}`, () => {
    it('never overdraw a window, and leave books that can be settled to the last token', async () => {
      const { endpoint, client } = await start();
      const audit = new MemoryAuditLog();
      const refused = new Set<string>();
      const granted: Item[] = [];
      const proxy = await startLossyProxy(endpoint, ({ returned, item }: AppliedUpdate) => {
        if (returned === 'ALL_NEW') granted.push(item);
      });

      await Promise.all(
        LIVES.map(async (lives, slot) => {
          for (const [turn, crashAt] of lives.entries()) {
            const seed = 1 + slot * 10 + turn;
            const plan = { endpoint: proxy.endpoint, seed, requests: 120 };
            await live(crashAt === undefined ? plan : { ...plan, crashAt }, (message) =>
              record(message, audit, refused),
            );
          }
        }),
      );
      await proxy.close();
      const openBefore = (await scan(client)).flatMap(markersIn).length;
      const orphans = await reconcileAll(client, audit);

      expect(granted.flatMap((item) => overdrawn(item, tenantLimits, KEY_LIMITS))).toEqual([]);
      expect([...refused].sort()).toEqual(expect.arrayContaining(Object.keys(TIGHT).sort()));
      expect(Math.min(proxy.lost.requests, proxy.lost.answers)).toBeGreaterThan(0);
      expect(openBefore).toBeGreaterThan(0);
      expect(orphans).toBeGreaterThan(0);
      const items = await scan(client);
      expect(items.flatMap(markersIn)).toEqual([]);
      expect(items.map((item) => item['o']?.N)).toEqual(items.map(() => '0'));
      expect(booksOf(items)).toEqual(booksBy(audit));
    }, 120_000);
  });
}

async function live(plan: HammerPlan, onMessage: (message: HammerMessage) => Promise<void>) {
  const script = new URL('../support/quota-hammer.ts', import.meta.url);
  const child = fork(script, [JSON.stringify(plan)], { execArgv: ['--import', 'tsx'] });
  child.on('message', async (message: HammerMessage) => {
    await onMessage(message);
    // Nobody may be there any more to hear it.
    if (child.connected) child.send('recorded', () => {});
  });
  // What it still said before it died comes until the channel closes.
  const [[code, signal]] = await Promise.all([once(child, 'exit'), once(child, 'disconnect')]);
  expect({ code, signal }).toEqual(
    plan.crashAt === undefined ? { code: 0, signal: null } : { code: null, signal: 'SIGKILL' },
  );
}

async function record(message: HammerMessage, audit: MemoryAuditLog, refused: Set<string>) {
  const { id, tenantId } = message;
  if (message.kind === 'refusal') {
    if (TIGHT[tenantId]?.[message.limit] !== undefined) refused.add(tenantId);
  } else if (message.kind === 'intent') {
    const { keyId, reserved } = message;
    await audit.writeIntent(anIntent({ id, tenantId, keyId, reserved }));
  } else {
    const { used } = message;
    const intent = (await audit.find(tenantId, id))?.intent;
    if (intent === undefined) throw new Error(`a completion without an intent: ${id}`);
    await audit.writeCompletion(
      aCompletion({
        id,
        tenantId,
        keyId: intent.keyId,
        usage: { usage: usageOf({ prompt: used.tokens, completion: 0 }), source: 'provider' },
        nanoUsd: used.nanoUsd,
      }),
    );
  }
}

/** Everything has expired by now. @returns how many orphans were settled. */
async function reconcileAll(client: DynamoDBClient, audit: MemoryAuditLog): Promise<number> {
  const clock = { nowMs: () => HAMMER_MS + 3_600_000, sleep: async () => {} };
  const quotas = new DynamodbQuotaStore({ client, tableName: 'quota', clock, random: () => 0 });
  const metrics = new RecordingMetrics();
  const log = new RecordingLog();
  const parts = { orphans: quotas, quotas, audit, clock, log, metrics };
  const run = createReconciler(parts);
  // Twice at once, as two scheduled runs that overlap.
  await Promise.all([1, 2].map(() => run({ deadlineMs: clock.nowMs() + 60_000 })));
  return metrics.values('OrphanedReservations').reduce((sum, value) => sum + value, 0);
}

async function scan(client: DynamoDBClient): Promise<Item[]> {
  const { Items = [] } = await client.send(
    new ScanCommand({ TableName: 'quota', ConsistentRead: true }),
  );
  return Items;
}

/** The same from the audit log: what each completion says, added up. */
function booksBy(audit: MemoryAuditLog): Books {
  const books: Record<string, number> = {};
  const completions = new Map(audit.completions.map((one) => [one.id, one]));
  for (const { id, tenantId, keyId, usage, nanoUsd } of completions.values()) {
    const used: Amounts = { requests: 1, tokens: usage?.usage.total_tokens ?? 0, nanoUsd };
    const parts = [
      { scope: 't', limits: tenantLimits(tenantId) },
      { scope: `k:${keyId}`, limits: KEY_LIMITS },
    ] as const;
    for (const { scope, limits } of parts) {
      for (const window of windowsOf(scope, windowMask(scope, limits), ulidTimeMs(id))) {
        if (used[window.measure] === 0) continue;
        const name = `${tenantId} ${window.name}`;
        books[name] = (books[name] ?? 0) + used[window.measure];
      }
    }
  }
  return books;
}

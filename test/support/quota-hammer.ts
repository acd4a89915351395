import { setImmediate } from 'node:timers/promises';
import { createDynamodbClient } from '#adapters/dynamodb/client.ts';
import { DynamodbQuotaStore } from '#adapters/dynamodb/dynamodb-quota-store.ts';
import { Failure } from '#core/failures/failure.ts';
import type { Amounts } from '#core/quota/limits.ts';
import type { Reservation } from '#core/quota/quota-store.ts';
import { formatUlid } from '#core/time/ulid.ts';
import {
  type CrashStep,
  HAMMER_MS,
  type HammerMessage,
  type HammerPlan,
  KEY_LIMITS,
  KEYS,
  TIGHT,
  tenantLimits,
} from './quota-hammer-plan.ts';

/*
 * A process of its own: makes requests as the gateway does (reserve, intent, completion, settle),
 * eight at once, and is killed where its plan says. The test holds the audit log.
 */
const AT_ONCE = 8;
/** The step is passed this often before it is fatal. */
const SPARED = 12;

const plan = JSON.parse(process.argv[2] ?? '') as HammerPlan;
const random = mulberry(plan.seed);
const store = new DynamodbQuotaStore({
  client: createDynamodbClient({
    endpoint: plan.endpoint,
    requestTimeoutMs: 20_000,
    connectionTimeoutMs: 20_000,
  }),
  tableName: 'quota',
  clock: { sleep: () => setImmediate() },
  random,
});
let left = plan.requests;
let passed = 0;
const acknowledged: (() => void)[] = [];

process.on('message', () => acknowledged.shift()?.());
await Promise.all(Array.from({ length: AT_ONCE }, lane));
process.disconnect();

async function lane(): Promise<void> {
  while (left > 0) {
    left -= 1;
    await request();
  }
}

async function request(): Promise<void> {
  const tokens = 10 + below(50);
  const amounts = { requests: 1, tokens, nanoUsd: tokens * 1_000 };
  const tenantId = oneOf(Object.keys(TIGHT));
  const keyId = oneOf(KEYS);
  const id = formatUlid(
    HAMMER_MS + below(90_000),
    Array.from({ length: 16 }, () => below(32)),
  );
  const outcome = await unlessUnavailable(
    store.reserve({
      id,
      tenantId,
      keyId,
      limits: { tenant: tenantLimits(tenantId), key: KEY_LIMITS },
      amounts,
      expiresAtMs: HAMMER_MS + 600_000,
    }),
  );
  if (outcome === undefined) return;
  if (!outcome.granted) {
    await tell({ kind: 'refusal', id, tenantId, limit: outcome.refusal.limit });
    return;
  }
  dieAt('reserved');
  await tell({ kind: 'intent', id, tenantId, keyId, reserved: amounts });
  dieAt('intended');
  // Never more than was set aside: a window that a settlement carried past its limit would look
  // overdrawn in the item of the next grant, which may be for another minute.
  const used = { requests: 1, tokens: below(tokens + 1), nanoUsd: below(tokens * 1_000 + 1) };
  await tell({ kind: 'completion', id, tenantId, used });
  dieAt('completed');
  await settle(outcome.reservation, used);
}

async function settle(reservation: Reservation, used: Amounts): Promise<void> {
  const settling = unlessUnavailable(store.settle(reservation, used));
  if (plan.crashAt === 'settling') {
    // Far enough for the write to be under way, not for its answer.
    for (let turn = below(4); turn > 0; turn -= 1) await setImmediate();
    dieAt('settling');
  }
  await settling;
}

function dieAt(step: CrashStep): void {
  if (plan.crashAt !== step) return;
  passed += 1;
  if (passed > SPARED) process.kill(process.pid, 'SIGKILL');
}

function tell(message: HammerMessage): Promise<void> {
  return new Promise((resolve) => {
    acknowledged.push(resolve);
    process.send?.(message);
  });
}

/** As the gateway: what cannot be asked is refused, what cannot be settled is left to others. */
async function unlessUnavailable<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer;
  } catch (thrown) {
    if (thrown instanceof Failure && thrown.code === 'quota_unavailable') return undefined;
    throw thrown;
  }
}

function below(limit: number): number {
  return Math.floor(random() * limit);
}

function oneOf(choices: readonly string[]): string {
  return choices[below(choices.length)] ?? '';
}

/** @see https://github.com/bryc/code/blob/master/jshash/PRNGs.md#mulberry32 */
function mulberry(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

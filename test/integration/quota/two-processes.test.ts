import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { QueryCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DynamodbQuotaStore } from '#adapters/dynamodb/dynamodb-quota-store.ts';
import type { Amounts, Limits } from '#core/quota/limits.ts';
import type { OpenReservation } from '#core/quota/quota-store.ts';
import { windowMask, windowsOf } from '#core/quota/windows.ts';
import { systemClock } from '#runtime/host.ts';
import { type Dynalite, startDynalite } from '../../support/dynalite.ts';
import { CROWD, type Recorded, type Step, type WorkerOrder } from './worker-order.ts';

const worker = fileURLToPath(new URL('./worker.ts', import.meta.url));

/** One process after the other dies at each of these. */
const DEATHS: readonly Step[] = ['reserving', 'reserved', 'recorded', 'settling', 'settled'];

let tables: Dynalite;
beforeAll(async () => {
  tables = await startDynalite();
});
afterAll(() => tables.close());

const aStore = () =>
  new DynamodbQuotaStore({
    client: tables.client,
    tableName: 'quota',
    clock: systemClock,
    random: Math.random,
  });

interface WorkerRun {
  readonly signal: NodeJS.Signals | null;
  readonly code: number | null;
  readonly recorded: readonly Recorded[];
}

async function runWorker(order: Omit<WorkerOrder, 'endpoint'>): Promise<WorkerRun> {
  const argument = JSON.stringify({ ...order, endpoint: tables.endpoint });
  const child = spawn(process.execPath, ['--import', 'tsx', worker, argument], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true' },
  });
  const recorded: Recorded[] = [];
  const lines = createInterface({ input: child.stdout });
  lines.on('line', (line) => recorded.push(JSON.parse(line) as Recorded));
  const [[code, signal]] = await Promise.all([once(child, 'exit'), once(lines, 'close')]);
  return { code, signal, recorded };
}

type Numbers = ReadonlyMap<string, number>;

/** Every number in each of the tenant's items, and how many reservations are open in it. */
async function readItems(): Promise<
  readonly { readonly name: string; readonly numbers: Numbers; readonly markers: number }[]
> {
  const { Items = [] } = await tables.client.send(
    new QueryCommand({
      TableName: 'quota',
      ConsistentRead: true,
      KeyConditionExpression: 'pk = :pk',
      ExpressionAttributeValues: { ':pk': { S: `${CROWD.tenantId}#2026-11` } },
    }),
  );
  return Items.map((item) => ({
    name: item['sk']?.S ?? '',
    numbers: new Map(
      Object.entries(item).flatMap(([name, { N }]) => (N === undefined ? [] : [[name, Number(N)]])),
    ),
    markers: Object.keys(item).filter((name) => name.startsWith('r:')).length,
  }));
}

/** Each limited window that holds more than its limit. */
async function overshot(): Promise<readonly string[]> {
  const scopes = [
    { scope: 't', limits: CROWD.limits.tenant },
    ...CROWD.keys.flatMap((key) =>
      (['k', 'x'] as const).map((kind) => ({
        scope: `${kind}:${key}` as const,
        limits: CROWD.limits.key,
      })),
    ),
  ] as const;
  const items = await readItems();
  return items.flatMap(({ name, numbers }) => [
    ...scopes.flatMap(({ scope, limits }) =>
      windowsOf(scope, windowMask(scope, limits), CROWD.timeMs)
        .filter(({ name, limit }) => (numbers.get(name) ?? 0) > allowedBy(limits, limit))
        .map((window) => `${window.name}: ${numbers.get(window.name)}`),
    ),
    ...(name === 'windows' && (numbers.get('o') ?? 0) > CROWD.limits.tenant.concurrentRequests
      ? [`open: ${numbers.get('o')}`]
      : []),
  ]);
}

const allowedBy = (limits: Limits, limit: keyof Limits | undefined): number =>
  (limit === undefined ? undefined : limits[limit]) ?? Number.POSITIVE_INFINITY;

/** Keeps looking while the workers are at it. */
async function watch(isOver: () => boolean): Promise<readonly string[]> {
  const seen: string[] = [];
  while (!isOver()) {
    seen.push(...(await overshot()));
    await systemClock.sleep(50);
  }
  return seen;
}

async function dieAtEachStep(): Promise<readonly WorkerRun[]> {
  const runs: WorkerRun[] = [];
  for (const at of DEATHS) {
    runs.push(await runWorker({ requests: 60, atOnce: 20, dies: { at, after: 12 } }));
  }
  return runs;
}

async function orphansOf(store: DynamodbQuotaStore): Promise<readonly OpenReservation[]> {
  const orphans: OpenReservation[] = [];
  for await (const orphan of store.expired(CROWD.expiresAtMs + 1_000)) orphans.push(orphan);
  return orphans;
}

const sum = (all: readonly Amounts[]): Amounts => ({
  requests: all.reduce((total, { requests }) => total + requests, 0),
  tokens: all.reduce((total, { tokens }) => total + tokens, 0),
  nanoUsd: all.reduce((total, { nanoUsd }) => total + nanoUsd, 0),
});

describe('two processes on one quota table, one of which keeps dying', () => {
  it('never pass a limit, and leave nothing that cannot be settled to the last token', async () => {
    let over = false;
    const watching = watch(() => over);
    const [steady, dead] = await Promise.all([
      runWorker({ requests: 240, atOnce: 60 }),
      dieAtEachStep(),
    ]);
    over = true;
    const recorded = new Map(
      [steady, ...dead].flatMap((run) => run.recorded.map((one) => [one.id, one] as const)),
    );
    expect(await watching).toEqual([]);
    expect(steady.code).toBe(0);
    expect(dead.map((run) => run.signal)).toEqual(DEATHS.map(() => 'SIGKILL'));

    const orphans = await orphansOf(aStore());
    const usedBy = (orphan: OpenReservation): Amounts =>
      recorded.get(orphan.id)?.used ?? orphan.amounts;
    const reconcilers = [aStore(), aStore()];
    const settled = await Promise.all(
      orphans.map((orphan) =>
        Promise.all(reconcilers.map((store) => store.settle(orphan, usedBy(orphan)))),
      ),
    );

    expect(orphans.length).toBeGreaterThan(20);
    expect(settled.map((pair) => pair.filter(Boolean).length)).toEqual(orphans.map(() => 1));
    const items = await readItems();
    expect(items.map(({ numbers, markers }) => [numbers.get('o'), markers])).toEqual(
      items.map(() => [0, 0]),
    );
    const numbers = new Map(items.flatMap((item) => [...item.numbers]));
    const unrecorded = orphans.filter(({ id }) => !recorded.has(id));
    const usedIn = (scope: string, keyId?: string): Amounts =>
      sum(
        [
          ...[...recorded.values()].filter((one) => (keyId ?? one.keyId) === one.keyId),
          ...unrecorded
            .filter(({ windows }) => windows.some((name) => name.startsWith(`${scope}:`)))
            .map(({ amounts: used }) => ({ used })),
        ].map(({ used }) => used),
      );
    const scopes = [
      { scope: 't', keyId: undefined, limits: CROWD.limits.tenant },
      ...CROWD.keys.map((keyId) => ({
        scope: numbers.has(`k:${keyId}:mo:c`) ? (`k:${keyId}` as const) : (`x:${keyId}` as const),
        keyId,
        limits: CROWD.limits.key,
      })),
    ] as const;
    for (const { scope, keyId, limits } of scopes) {
      const used = usedIn(scope, keyId);
      for (const { name, measure } of windowsOf(scope, windowMask(scope, limits), CROWD.timeMs)) {
        expect([name, numbers.get(name)]).toEqual([name, used[measure]]);
      }
    }
    expect(items).toHaveLength(3);
  });
});

import { type DynamoDBClient, QueryCommand } from '@aws-sdk/client-dynamodb';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createDynamodbClient } from '#adapters/dynamodb/client.ts';
import { DynamodbQuotaStore } from '#adapters/dynamodb/dynamodb-quota-store.ts';
import type { OpenReservation } from '#core/quota/quota-store.ts';
import { isExpired } from '#core/quota/windows.ts';
import { MINUTE_MS } from '#core/time/clock.ts';
import { formatUlid } from '#core/time/ulid.ts';
import { type Dynalite, startDynalite } from '../../support/dynalite.ts';
import { allowedBy, type Claim, LIMITS, modelName, WindowModel } from './window-model.ts';

/** Shortly before midnight: days end during a run as well as minutes. */
const START_MS = Date.UTC(2026, 10, 24, 23, 52);
const EXPIRY_MS = 2 * MINUTE_MS;
/** Two of them find no place in the tenant's item. */
const KEYS = ['a', 'b', 'c', 'd', 'e', 'f'];

/** `which` picks among the requests that are open when the round begins. */
type Deed =
  | {
      readonly do: 'reserve';
      readonly key: number;
      readonly tokens: number;
      readonly unused: number;
      readonly free: boolean;
    }
  | { readonly do: 'reserve again' | 'settle' | 'settle twice'; readonly which: number }
  | { readonly do: 'reconcile' };

const reserve = fc.record({
  do: fc.constant('reserve' as const),
  key: fc.nat(5),
  tokens: fc.nat(40),
  unused: fc.nat(40),
  free: fc.boolean(),
});
const known = fc.record({
  do: fc.constantFrom('reserve again' as const, 'settle' as const, 'settle twice' as const),
  which: fc.nat(20),
});
const deed: fc.Arbitrary<Deed> = fc.oneof(
  { weight: 6, arbitrary: reserve },
  { weight: 5, arbitrary: known },
  { weight: 1, arbitrary: fc.constant({ do: 'reconcile' as const }) },
);

/** Deeds that happen at once, and how many minutes after the ones before. */
const rounds = fc.array(
  fc.record({
    minutes: fc.oneof({ weight: 5, arbitrary: fc.constant(0) }, fc.constantFrom(1, 6)),
    deeds: fc.array(deed, { minLength: 1, maxLength: 6 }),
  }),
  { minLength: 4, maxLength: 12 },
);

/** Which answers are lost on their way back, in turn; of one command never two. */
const losses = fc.array(
  fc.nat(3).map((draw) => draw === 0),
  { minLength: 1, maxLength: 9 },
);

let tables: Dynalite;
/** Of the stores only: what the test reads arrives. */
let lossy: DynamoDBClient;
let losing: readonly boolean[] = [];
beforeAll(async () => {
  tables = await startDynalite();
  lossy = createDynamodbClient({
    endpoint: tables.endpoint,
    requestTimeoutMs: 20_000,
    connectionTimeoutMs: 20_000,
  });
  loseSomeAnswers(lossy);
});
afterAll(async () => {
  lossy.destroy();
  await tables.close();
});

/** What was asked is done all the same, or refused: only nobody hears of it. */
function loseSomeAnswers(client: DynamoDBClient): void {
  const asked = new WeakSet<object>();
  let turn = 0;
  // The client puts its middleware together once; this one comes later.
  client.config.cacheMiddleware = false;
  client.middlewareStack.add(
    (next, context) => async (args) => {
      const again = asked.has(args.input);
      asked.add(args.input);
      turn += 1;
      const lost = losing[turn % losing.length] === true && !again;
      // The scan for orphans tries once and leaves the rest to the next run.
      if (!lost || context.commandName === 'ScanCommand') return next(args);
      await next(args).catch(() => undefined);
      throw new Error('the connection was lost');
    },
    { step: 'initialize', name: 'lossy' },
  );
}

const aStore = () =>
  new DynamodbQuotaStore({
    client: lossy,
    tableName: 'quota',
    clock: { sleep: async () => {} },
    random: Math.random,
  });

let tenants = 0;
let ids = 0;

/** A tenant of its own, served by two processes that take turns. */
class Run {
  readonly model = new WindowModel();
  readonly #tenantId: string;
  readonly #stores = [aStore(), aStore()] as const;
  readonly #reservations = new Map<string, OpenReservation>();
  #turns = 0;

  constructor() {
    tenants += 1;
    this.#tenantId = `tenant-${tenants}`;
  }

  /** Everything of a round is under way before any of it has an answer. */
  async play(deeds: readonly Deed[], timeMs: number): Promise<void> {
    const open = [...this.model.open.values()];
    const pick = (which: number): Claim | undefined => open[which % open.length];
    const settling = new Set(
      deeds.flatMap((deed) =>
        deed.do.startsWith('settle') && 'which' in deed ? [pick(deed.which)] : [],
      ),
    );
    const alone = deeds.length === 1;
    const reconciles = deeds.some((deed) => deed.do === 'reconcile');
    await Promise.all(
      deeds.map(async (deed) => {
        if (deed.do === 'reconcile') return this.#reconcile(timeMs);
        if (deed.do === 'reserve') return this.#reserve(claimOf(deed, timeMs), alone);
        const claim = pick(deed.which);
        if (claim === undefined) return;
        if (deed.do === 'settle') return this.#settle(claim, 1);
        if (deed.do === 'settle twice') return this.#settle(claim, 2);
        // Nobody asks for what is being settled: that would be another request.
        if (!settling.has(claim) && !reconciles) return this.#reserveAgain(claim);
      }),
    );
  }

  async reconcileAll(): Promise<void> {
    await this.#reconcile(START_MS + 1_000 * MINUTE_MS);
  }

  async #reserve(claim: Claim, alone: boolean): Promise<void> {
    const fits = this.model.fits(claim);
    const outcome = await this.#ask(claim);
    if (alone) expect(outcome.granted).toBe(fits);
    if (!outcome.granted) return;
    this.#reservations.set(claim.id, outcome.reservation);
    this.model.grant(claim);
  }

  async #reserveAgain(claim: Claim): Promise<void> {
    expect((await this.#ask(claim)).granted).toBe(true);
  }

  #ask({ id, keyId, reserved, timeMs }: Claim) {
    return this.#store().reserve({
      id,
      keyId,
      tenantId: this.#tenantId,
      limits: LIMITS,
      amounts: reserved,
      expiresAtMs: timeMs + EXPIRY_MS,
    });
  }

  /** At once, `times` over; the model hears of it once. */
  async #settle(claim: Claim, times: number): Promise<void> {
    const reservation = this.#reservations.get(claim.id);
    if (reservation === undefined) throw new Error(`${claim.id} was never granted`);
    await Promise.all(
      Array.from({ length: times }, () => this.#store().settle(reservation, claim.used)),
    );
    if (this.model.open.has(claim.id)) this.model.settle(claim);
  }

  async #reconcile(nowMs: number): Promise<void> {
    for await (const orphan of this.#store().expired(nowMs)) {
      const claim = this.model.open.get(orphan.id);
      if (orphan.tenantId !== this.#tenantId || claim === undefined) continue;
      await this.#settle(claim, 1);
    }
  }

  #store(): DynamodbQuotaStore {
    this.#turns += 1;
    return this.#stores[this.#turns % 2 === 0 ? 0 : 1];
  }

  /** The store's windows and open requests are the model's, and no window holds too much. */
  async check(nowMs: number): Promise<void> {
    const { windows, open } = await this.#read();
    const expected = new Map(
      [...this.model.windows].filter(([name]) => windows.has(name) || !isExpired(name, nowMs)),
    );
    expect(sorted(windows)).toEqual(sorted(expected));
    expect([...open].sort()).toEqual([...this.model.open.keys()].sort());
    expect(open.size).toBeLessThanOrEqual(LIMITS.tenant.concurrentRequests ?? 0);
    for (const claim of this.model.open.values()) {
      for (const [name, allowed] of allowedBy(claim)) {
        expect(windows.get(name) ?? 0, name).toBeLessThanOrEqual(allowed);
      }
    }
  }

  async #read() {
    const { Items = [] } = await tables.client.send(
      new QueryCommand({
        TableName: 'quota',
        ConsistentRead: true,
        KeyConditionExpression: 'pk = :pk',
        ExpressionAttributeValues: { ':pk': { S: `${this.#tenantId}#2026-11` } },
      }),
    );
    const windows = new Map<string, number>();
    const open = new Set<string>();
    for (const item of Items) {
      const markers = Object.keys(item).filter((name) => name.startsWith('r:'));
      expect(Number(item['o']?.N)).toBe(markers.length);
      for (const name of markers) open.add(name.slice(2));
      for (const [name, { N }] of Object.entries(item)) {
        if (N === undefined || !/^[tkx]:/.test(name)) continue;
        expect(windows.has(modelName(name)), `${name} is in two places`).toBe(false);
        windows.set(modelName(name), Number(N));
      }
    }
    return { windows, open };
  }
}

/** A window that holds nothing may as well not be there: a refused request can leave one. */
const sorted = (windows: ReadonlyMap<string, number>) =>
  [...windows]
    .filter(([, value]) => value !== 0)
    .sort(([left], [right]) => (left < right ? -1 : 1));

function claimOf(deed: Extract<Deed, { readonly do: 'reserve' }>, timeMs: number): Claim {
  ids += 1;
  const { tokens, unused, free } = deed;
  const price = free ? 0 : 1_000;
  const used = Math.max(0, tokens - unused);
  return {
    id: formatUlid(
      timeMs,
      Array.from({ length: 16 }, (_, place) => (ids >> (5 * place)) & 31),
    ),
    keyId: KEYS[deed.key] ?? '',
    timeMs,
    reserved: { requests: 1, tokens, nanoUsd: tokens * price },
    used: { requests: 1, tokens: used, nanoUsd: used * price },
  };
}

describe('whatever happens at once to the quota of a tenant', () => {
  it('leaves every window as if it had happened one after the other', async () => {
    await fc.assert(
      fc.asyncProperty(rounds, losses, async (rounds, lost) => {
        losing = lost;
        const run = new Run();
        let nowMs = START_MS;
        for (const { minutes, deeds } of rounds) {
          nowMs += minutes * MINUTE_MS;
          await run.play(deeds, nowMs);
          await run.check(nowMs);
        }
        await run.reconcileAll();
        await run.check(nowMs);
        expect(run.model.open.size).toBe(0);
      }),
      { numRuns: 25, interruptAfterTimeLimit: 60_000 },
    );
  }, 120_000);
});

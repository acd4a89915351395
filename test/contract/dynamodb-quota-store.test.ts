import { GetItemCommand, ScanCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { afterEach, describe, expect, it } from 'vitest';
import { DynamodbQuotaStore } from '#adapters/dynamodb/dynamodb-quota-store.ts';
import type { OpenReservation } from '#core/quota/quota-store.ts';
import { systemClock } from '#runtime/host.ts';
import { type Dynalite, startDynalite } from '../support/dynalite.ts';
import { anId, aReserve, describeQuotaStore, granted, NOON_MS } from './quota-store.contract.ts';

let dynalite: Dynalite | undefined;

afterEach(async () => {
  await dynalite?.close();
  dynalite = undefined;
});

const aStore = ({ client }: Dynalite) =>
  new DynamodbQuotaStore({
    client,
    tableName: 'quota',
    clock: systemClock,
    random: () => 0,
  });

describeQuotaStore('DynamoDB, on dynalite', async () => {
  dynalite = await startDynalite();
  return aStore(dynalite);
});

const LIMITS = { tenant: { requestsPerMinute: 50 }, key: { requestsPerMinute: 2 } };
const NOTHING = { requests: 0, tokens: 0, nanoUsd: 0 };

/** Takes the places in the tenant's item: what comes after has an item of its own. */
async function fillPlaces(store: DynamodbQuotaStore): Promise<void> {
  for (const keyId of ['1', '2', '3', '4']) {
    const outcome = await store.reserve(aReserve({ keyId, limits: LIMITS }));
    await store.settle(granted(outcome), NOTHING);
  }
}

/** Loses the answers to the next `count` updates, which DynamoDB applies all the same. */
function loseAnswers({ client }: Dynalite, count: number): void {
  let left = count;
  // The client puts its middleware together once; this one comes later.
  client.config.cacheMiddleware = false;
  client.middlewareStack.add(
    (next, context) => async (args) => {
      if (context.commandName !== 'UpdateItemCommand' || left === 0) return next(args);
      left -= 1;
      // A refusal is an answer too.
      await next(args).catch(() => undefined);
      throw new Error('the connection was lost');
    },
    { step: 'initialize', name: 'lossy', override: true },
  );
}

async function expiredIn(store: DynamodbQuotaStore): Promise<OpenReservation[]> {
  const found: OpenReservation[] = [];
  for await (const open of store.expired(NOON_MS + 3_600_000)) found.push(open);
  return found;
}

describe('the quota table', () => {
  it('grants a key with an item of its own once, whichever process is asked again', async () => {
    dynalite = await startDynalite();
    const first = aStore(dynalite);
    await fillPlaces(first);
    const request = aReserve({ keyId: '5', limits: LIMITS });
    const reservation = granted(await first.reserve(request));

    const again = granted(await aStore(dynalite).reserve(request));

    expect(again.windows).toEqual(reservation.windows);
    expect(await first.settle(again, NOTHING)).toBe(true);
    expect(await expiredIn(first)).toEqual([]);
  });

  it.each(['client:m', 'client:d', 'a|1.t', 'x:d:5', 'k:m:hnn9k:r', 'Ω 🔑'])(
    "holds a key called '%s' to its limit, in the tenant's item and in its own",
    async (keyId) => {
      dynalite = await startDynalite();
      const store = aStore(dynalite);
      const ask = (tenantId: string) =>
        store.reserve(
          aReserve({ tenantId, keyId, limits: { tenant: {}, key: { nanoUsdPerMonth: 1_500 } } }),
        );
      await ask('inline');
      await fillPlaces(store);
      const apart = granted(await ask('acme'));

      expect(await ask('inline')).toMatchObject({ refusal: { scope: 'key', used: 1_000 } });
      expect(await ask('acme')).toMatchObject({ refusal: { scope: 'key', used: 1_000 } });
      expect(await store.settle(apart, NOTHING)).toBe(true);
      expect(granted(await ask('acme')).windows).toEqual(apart.windows);
    },
  );

  it('takes once and gives back once when the answers to both are lost', async () => {
    dynalite = await startDynalite();
    const store = aStore(dynalite);
    const limits = { tenant: { requestsPerMinute: 3 } };

    loseAnswers(dynalite, 1);
    const reservation = granted(await store.reserve(aReserve({ limits })));
    loseAnswers(dynalite, 1);
    const settled = await store.settle(reservation, { requests: 1, tokens: 4, nanoUsd: 0 });

    expect([reservation.seq, settled]).toEqual([undefined, false]);
    const next = await store.reserve(aReserve({ limits }));
    expect(next).toMatchObject({ granted: true, standing: { requests: { remaining: 1 } } });
  });

  it('fails when both tries lose their answer, and leaves an orphan that is found', async () => {
    dynalite = await startDynalite();
    const store = aStore(dynalite);
    const request = aReserve();

    loseAnswers(dynalite, 2);
    await expect(store.reserve(request)).rejects.toMatchObject({ code: 'quota_unavailable' });

    expect(await expiredIn(store)).toMatchObject([{ id: request.id, tenantId: 'acme' }]);
  });

  it('finds the other orphans when one cannot be read, and then says so', async () => {
    dynalite = await startDynalite();
    const store = aStore(dynalite);
    await store.reserve(aReserve({ tenantId: 'a' }));
    await store.reserve(aReserve({ tenantId: 'b' }));
    const broken = anId();
    await dynalite.client.send(
      new UpdateItemCommand({
        TableName: 'quota',
        Key: { pk: { S: 'a#2026-11' }, sk: { S: 'windows' } },
        UpdateExpression: 'SET #marker = :text',
        ExpressionAttributeNames: { '#marker': `r:${broken}` },
        ExpressionAttributeValues: { ':text': { S: 'nonsense' } },
      }),
    );
    const found: string[] = [];

    const looking = (async () => {
      for await (const open of store.expired(NOON_MS + 3_600_000)) found.push(open.tenantId);
    })();

    await expect(looking).rejects.toThrow('1 reservations cannot be read');
    expect(found.sort()).toEqual(['a', 'b']);
  });

  it('forgets past minutes as it goes, and not the last day', async () => {
    dynalite = await startDynalite();
    const store = aStore(dynalite);
    const limits = { tenant: { requestsPerMinute: 9, tokensPerDay: 900 } };
    for (let minute = 0; minute < 12; minute += 1) {
      const id = anId(NOON_MS + minute * 60_000);
      granted(await store.reserve(aReserve({ id, limits })));
    }

    const { Items = [] } = await dynalite.client.send(new ScanCommand({ TableName: 'quota' }));

    const names = Items.flatMap((item) => Object.keys(item));
    expect(names.filter((name) => name.startsWith('t:m:'))).toHaveLength(4);
    expect(names).toContain('t:d:24:t');
  });

  it('keeps a month’s item for two days after the month', async () => {
    dynalite = await startDynalite();
    await aStore(dynalite).reserve(aReserve());

    const { Item: item } = await dynalite.client.send(
      new GetItemCommand({
        TableName: 'quota',
        Key: { pk: { S: 'acme#2026-11' }, sk: { S: 'windows' } },
      }),
    );

    expect(Number(item?.['ttl']?.N) * 1000).toBe(Date.UTC(2026, 11, 3));
  });
});

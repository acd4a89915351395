import { describe, expect, it } from 'vitest';
import type { Limits } from '#core/quota/limits.ts';
import type {
  OrphanedReservations,
  QuotaStore,
  Reservation,
  ReserveOutcome,
  ReserveRequest,
} from '#core/quota/quota-store.ts';
import { formatUlid } from '#core/time/ulid.ts';

type Store = QuotaStore & OrphanedReservations;

/** A Tuesday noon; far from any window's edge but the minute's, which begins here. */
export const NOON_MS = Date.UTC(2026, 10, 24, 12, 0, 0);

let made = 0;

/** An id of its own for each reservation of a test run, made at the given time. */
export function anId(timeMs = NOON_MS): string {
  made += 1;
  const symbols = Array.from({ length: 16 }, (_, place) => Math.floor(made / 32 ** place) % 32);
  return formatUlid(timeMs, symbols);
}

export const aReserve = (changes: Partial<ReserveRequest> = {}): ReserveRequest => ({
  id: anId(),
  tenantId: 'acme',
  keyId: 'key-1',
  limits: { tenant: {} },
  amounts: { requests: 1, tokens: 10, nanoUsd: 1_000 },
  expiresAtMs: NOON_MS + 600_000,
  ...changes,
});

export function granted(outcome: ReserveOutcome): Reservation {
  if (!outcome.granted) throw new Error(`refused: ${JSON.stringify(outcome.refusal)}`);
  return outcome.reservation;
}

const NOTHING = { requests: 0, tokens: 0, nanoUsd: 0 };

/** Each limit with room for exactly 7 requests of 10 tokens and 1,000 nano-dollars. */
const ROOM_FOR_SEVEN: readonly Limits[] = [
  { requestsPerMinute: 7 },
  { tokensPerMinute: 79 },
  { tokensPerDay: 70 },
  { nanoUsdPerDay: 7_000 },
  { nanoUsdPerMonth: 7_999 },
  { concurrentRequests: 7 },
];

/** What every quota store promises, whatever it is built on. `create` gives an empty one. */
export function describeQuotaStore(name: string, create: () => Promise<Store>): void {
  describe(`quota store: ${name}`, () => {
    it.each(ROOM_FOR_SEVEN)(
      'never grants more than $0, however many ask at once',
      async (limits) => {
        const store = await create();

        const outcomes = await Promise.all(
          Array.from({ length: 200 }, () =>
            store.reserve(aReserve({ limits: { tenant: limits } })),
          ),
        );

        expect(outcomes.filter((outcome) => outcome.granted)).toHaveLength(7);
        const [limit] = Object.keys(limits);
        const refused = outcomes.find((outcome) => !outcome.granted);
        expect(refused).toMatchObject({ refusal: { scope: 'tenant', limit } });
      },
    );

    it('holds a key to its own limit, and a tenant to the sum of its keys', async () => {
      const store = await create();
      const limits = { tenant: { requestsPerMinute: 5 }, key: { requestsPerMinute: 3 } };
      const ask = (keyId: string) => store.reserve(aReserve({ keyId, limits }));

      const outcomes = [];
      for (const keyId of ['a', 'a', 'a', 'a', 'b', 'b', 'b']) outcomes.push(await ask(keyId));

      expect(outcomes.map((outcome) => outcome.granted)).toEqual([
        true,
        true,
        true,
        false,
        true,
        true,
        false,
      ]);
      expect(outcomes[3]).toMatchObject({
        refusal: { scope: 'key', allowed: 3, used: 3, asked: 1 },
      });
      expect(outcomes[6]).toMatchObject({ refusal: { scope: 'tenant', allowed: 5 } });
    });

    it('holds more keys than share one item to their limits, and takes nothing on a refusal', async () => {
      const store = await create();
      const limits = { tenant: { requestsPerMinute: 14 }, key: { requestsPerMinute: 2 } };
      const keys = ['a', 'b', 'c', 'd', 'e', 'f', 'g'];

      const outcomes = await Promise.all(
        keys.flatMap((keyId) =>
          Array.from({ length: 20 }, () => store.reserve(aReserve({ keyId, limits }))),
        ),
      );
      for (const outcome of outcomes) {
        if (outcome.granted) await store.settle(outcome.reservation, NOTHING);
      }
      const again = [];
      for (const keyId of keys) again.push(await store.reserve(aReserve({ keyId, limits })));

      expect(outcomes.filter((outcome) => outcome.granted).length).toBeLessThanOrEqual(14);
      expect(again.every((outcome) => outcome.granted)).toBe(true);
    });

    it('takes nothing from any window when one of them refuses', async () => {
      const store = await create();
      const tight = { tenant: { requestsPerMinute: 10, tokensPerDay: 15 } };
      await store.reserve(aReserve({ limits: tight }));

      const refused = await store.reserve(aReserve({ limits: tight }));
      const standing = await store.reserve(
        aReserve({ limits: { tenant: { requestsPerMinute: 10 } } }),
      );

      expect(refused).toMatchObject({ granted: false, refusal: { limit: 'tokensPerDay' } });
      expect(standing).toMatchObject({ standing: { requests: { limit: 10, remaining: 8 } } });
    });

    it('gives back what was not used, and takes what was used beyond the estimate', async () => {
      const store = await create();
      const limits = { tenant: { tokensPerMinute: 100 } };
      const ask = (tokens: number) =>
        store.reserve(aReserve({ limits, amounts: { requests: 1, tokens, nanoUsd: 0 } }));

      const first = granted(await ask(100));
      await store.settle(first, { requests: 1, tokens: 40, nanoUsd: 0 });
      const second = granted(await ask(60));
      await store.settle(second, { requests: 1, tokens: 75, nanoUsd: 0 });

      expect(await ask(1)).toMatchObject({ granted: false, refusal: { used: 115 } });
    });

    it('settles once, however often it is asked to', async () => {
      const store = await create();
      const reservation = granted(await store.reserve(aReserve()));
      const used = { requests: 1, tokens: 4, nanoUsd: 400 };

      const settled = [
        await store.settle(reservation, used),
        await store.settle(reservation, used),
      ];
      const third = await store.reserve(
        aReserve({ limits: { tenant: { tokensPerDay: 4 } }, amounts: { ...used, tokens: 0 } }),
      );

      expect(settled).toEqual([true, false]);
      expect(third.granted).toBe(true);
    });

    it('grants the same id once', async () => {
      const store = await create();
      const limits = { tenant: { requestsPerMinute: 2 } };
      const request = aReserve({ limits });

      await Promise.all([store.reserve(request), store.reserve(request), store.reserve(request)]);

      expect(await store.reserve(aReserve({ limits }))).toMatchObject({
        granted: true,
        standing: { requests: { remaining: 0 } },
      });
    });

    it('starts each minute afresh, and each tenant by itself', async () => {
      const store = await create();
      const limits = { tenant: { requestsPerMinute: 1 } };
      const at = (timeMs: number, tenantId = 'acme') =>
        store.reserve(aReserve({ id: anId(timeMs), limits, tenantId }));

      const outcomes = [
        await at(NOON_MS),
        await at(NOON_MS + 59_999),
        await at(NOON_MS + 60_000),
        await at(NOON_MS, 'other'),
      ];

      expect(outcomes.map((outcome) => outcome.granted)).toEqual([true, false, true, true]);
      expect(outcomes[1]).toMatchObject({ refusal: { resetsAtMs: NOON_MS + 60_000 } });
    });

    it('settles a minute that is long gone without bringing it back below zero', async () => {
      const store = await create();
      const limits = { tenant: { tokensPerMinute: 100, tokensPerDay: 1_000 } };
      const old = granted(await store.reserve(aReserve({ limits })));
      const later = NOON_MS + 600_000;
      await store.reserve(aReserve({ id: anId(later), limits }));
      await store.reserve(aReserve({ id: anId(later + 1), limits }));

      expect(await store.settle(old, NOTHING)).toBe(true);

      const probe = { requests: 1, tokens: 100, nanoUsd: 0 };
      const again = await store.reserve(aReserve({ limits, amounts: probe }));
      expect(again.granted).toBe(true);
      expect(await store.reserve(aReserve({ limits }))).toMatchObject({ granted: false });
    });

    it('never stops a free request for money, and takes 0 for a limit', async () => {
      const store = await create();
      const broke = { tenant: { nanoUsdPerMonth: 0 } };
      const closed = { tenant: { requestsPerMinute: 0 } };
      const free = { requests: 1, tokens: 10, nanoUsd: 0 };

      expect(await store.reserve(aReserve({ limits: broke, amounts: free }))).toMatchObject({
        granted: true,
      });
      expect(await store.reserve(aReserve({ limits: broke }))).toMatchObject({ granted: false });
      expect(await store.reserve(aReserve({ limits: closed }))).toMatchObject({ granted: false });
    });

    it('numbers the reservations of a month without a gap', async () => {
      const store = await create();

      const outcomes = await Promise.all(
        Array.from({ length: 30 }, () => store.reserve(aReserve())),
      );

      const numbers = outcomes.map((outcome) => granted(outcome).seq ?? 0);
      expect(numbers.sort((left, right) => left - right)).toEqual(
        Array.from({ length: 30 }, (_, index) => index + 1),
      );
    });

    it('finds what nobody settled once it has expired, and nothing else', async () => {
      const store = await create();
      const limits = { tenant: { tokensPerDay: 100 }, key: { requestsPerMinute: 9 } };
      const orphan = granted(await store.reserve(aReserve({ limits })));
      const settled = granted(await store.reserve(aReserve({ limits })));
      await store.settle(settled, NOTHING);
      const other = aReserve({ tenantId: 'other', expiresAtMs: NOON_MS + 900_000 });
      await store.reserve(other);

      const found = [];
      for await (const open of store.expired(NOON_MS + 700_000)) found.push(open);

      const { seq: _seq, keyId: _keyId, ...rest } = orphan;
      expect(found).toEqual([rest]);
      expect(await store.settle(found[0] ?? rest, NOTHING)).toBe(true);
    });
  });
}

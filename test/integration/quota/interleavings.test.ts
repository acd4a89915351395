import { QueryCommand } from '@aws-sdk/client-dynamodb';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DynamodbQuotaStore } from '#adapters/dynamodb/dynamodb-quota-store.ts';
import type { Amounts } from '#core/quota/limits.ts';
import type { OpenReservation, ReserveRequest } from '#core/quota/quota-store.ts';
import { MINUTE_MS } from '#core/time/clock.ts';
import { formatUlid } from '#core/time/ulid.ts';
import { systemClock } from '#runtime/host.ts';
import { type Dynalite, startDynalite } from '../../support/dynalite.ts';
import { type Claim, LIMITS, START_MS, WindowModel } from './window-model.ts';

let tables: Dynalite;
beforeAll(async () => {
  tables = await startDynalite();
});
afterAll(() => tables.close());

/** Six keys: two of them find no place in the tenant's item. */
const KEYS = ['a', 'b', 'c', 'd', 'e', 'f'];

/** What one of several callers does; `which` picks among the requests made so far. */
type Deed =
  | { readonly do: 'reserve'; readonly key: number; readonly tokens: number }
  | { readonly do: 'reserve again' | 'orphan'; readonly which: number }
  | { readonly do: 'settle'; readonly which: number; readonly tokens: number };

const tokens = fc.nat(40);
const which = fc.nat(50);
const deed: fc.Arbitrary<Deed> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constant('reserve'), key: fc.nat(5), tokens }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('reserve again'), which }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('settle'), which, tokens }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('orphan'), which }) },
);

/** Deeds that happen at once, and how many minutes after the ones before. */
const rounds = fc.array(
  fc.record({
    minutes: fc.oneof({ weight: 4, arbitrary: fc.constant(0) }, fc.constantFrom(1, 6)),
    deeds: fc.array(deed, { minLength: 1, maxLength: 6 }),
  }),
  { minLength: 1, maxLength: 12 },
);

let tenants = 0;

/** A tenant of its own, served by two processes; remembers what it was told. */
class Run {
  readonly model = new WindowModel();
  readonly #tenantId = `tenant-${(tenants += 1)}`;
  readonly #stores = [aStore(), aStore()];
  readonly #requests: ReserveRequest[] = [];
  readonly #open = new Map<string, OpenReservation>();
  #turn = 0;

  async play(deed: Deed, timeMs: number): Promise<void> {
    if (deed.do === 'reserve') return this.#reserve(this.#request(deed, timeMs));
    const request = this.#requests[deed.which % this.#requests.length];
    if (request === undefined) return;
    if (deed.do === 'reserve again') return this.#reserveAgain(request);
    const reservation = this.#open.get(request.id);
    if (reservation === undefined) return;
    const used =
      deed.do === 'orphan' ? request.amounts : amountsOf(Math.min(deed.tokens, 45));
    await this.#settle(reservation, used);
  }
}

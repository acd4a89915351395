import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeIntentItem } from '#adapters/dynamodb/dynamodb-audit-log-intent.ts';
import { DynamodbQuotaStore } from '#adapters/dynamodb/dynamodb-quota-store.ts';
import type { Amounts, Limits } from '#core/quota/limits.ts';
import type { Reservation } from '#core/quota/quota-store.ts';
import { MINUTE_MS } from '#core/time/clock.ts';
import { formatUlid } from '#core/time/ulid.ts';
import { systemClock } from '#runtime/host.ts';
import { anIntent } from '../../support/audit-samples.ts';
import { type Dynalite, startDynalite } from '../../support/dynalite.ts';
import { itemSize } from '../../support/item-size.ts';
import { meter } from './metered-client.ts';

const DECISION = new URL(
  '../../../docs/decisions/2026-11-23-reservation-markers.md',
  import.meta.url,
);

/** The thirtieth: both its day and the one before have windows in the item. */
const NOW_MS = Date.UTC(2026, 10, 30, 12);

const UNREACHED: Limits = {
  requestsPerMinute: 1e15,
  tokensPerMinute: 1e15,
  tokensPerDay: 1e15,
  nanoUsdPerDay: 1e15,
  nanoUsdPerMonth: 1e15,
  concurrentRequests: 1e15,
};

const AMOUNTS = { requests: 1, tokens: 1_987, nanoUsd: 3_456_789 };
const USED = { requests: 1, tokens: 1_234, nanoUsd: 2_345_678 };
/** A busy minute's worth: longer numbers are larger attributes. */
const MUCH = { requests: 2_345, tokens: 1_234_567, nanoUsd: 2_345_678_901 };

let tables: Dynalite;
beforeAll(async () => {
  tables = await startDynalite();
});
afterAll(() => tables.close());

let made = 0;

function anId(timeMs: number): string {
  made += 1;
  return formatUlid(timeMs, [...Array.from({ length: 14 }, () => 31), made >> 5, made & 31]);
}

/** A tenant in the middle of a busy day, with every limit on itself and on each of its keys. */
function aBusyTenant(tenantId: string, keys: number) {
  const store = new DynamodbQuotaStore({
    client: tables.client,
    tableName: 'quota',
    clock: systemClock,
    random: Math.random,
  });
  let turn = 0;
  const reserve = async (timeMs = NOW_MS): Promise<Reservation> => {
    turn += 1;
    const outcome = await store.reserve({
      id: anId(timeMs),
      tenantId,
      keyId: `0123456789a${turn % keys}`,
      limits: { tenant: UNREACHED, key: UNREACHED },
      amounts: AMOUNTS,
      expiresAtMs: timeMs + 180_000,
    });
    if (!outcome.granted) throw new Error('refused');
    return outcome.reservation;
  };
  const serve = async (timeMs = NOW_MS, used: Amounts = USED): Promise<void> => {
    await store.settle(await reserve(timeMs), used);
  };
  /** Yesterday, then more minutes than the item keeps, each by every key. */
  const live = async (): Promise<void> => {
    for (const ago of [24 * 60, 5, 4, 3, 2, 1, 0]) {
      for (let key = 0; key < keys; key += 1) await serve(NOW_MS - ago * MINUTE_MS, MUCH);
    }
  };
  return { reserve, serve, live };
}

/** One request's reserve and settle while `inFlight - 1` others are under way. */
async function metered(keys: number, inFlight: number) {
  const tenant = aBusyTenant(`tenant-${keys}-${String(inFlight).padStart(3, '0')}`, keys);
  await tenant.live();
  for (let open = 1; open < inFlight; open += 1) await tenant.reserve();
  return meter(tables.client, () => tenant.serve());
}

const UNIT_BYTES = 1_024;
const unitsOf = (bytes: number): number => Math.ceil(bytes / UNIT_BYTES);

/** What a marker would have to hold besides, if no intent were written apart. */
function intentBytes(): number {
  const { k: _keyId, t: _time, ar: _r, at: _t, ac: _c, ...rest } = writeIntentItem(anIntent());
  return itemSize(rest);
}

/** One line of the decision record: what is, and what would be if markers carried the intent. */
async function rowOf(keys: number, inFlight: number): Promise<string> {
  const { updatedBytes } = await metered(keys, inFlight);
  const [bytes = 0] = updatedBytes;
  const carried = bytes + inFlight * intentBytes();
  const apart = 2 * unitsOf(bytes) + 1;
  const cells = [keys, inFlight, bytes, 2 * unitsOf(bytes), apart, carried, 2 * unitsOf(carried)];
  return `| ${cells.map((cell) => cell.toLocaleString('en-US')).join(' | ')} |`;
}

describe('what a reservation costs', () => {
  it('two updates and no read, one unit each, with a tenant and a key limit', async () => {
    const { commands, updatedBytes } = await metered(1, 1);

    expect(commands).toEqual(['UpdateItemCommand', 'UpdateItemCommand']);
    expect(updatedBytes.map(unitsOf)).toEqual([1, 1]);
  });

  it('as much as its decision record says', async () => {
    const rows: string[] = [];
    for (const keys of [1, 4]) {
      for (const inFlight of [1, 5, 10, 100]) rows.push(await rowOf(keys, inFlight));
    }

    expect(await readFile(DECISION, 'utf8')).toContain(rows.join('\n'));
  });
});

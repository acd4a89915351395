import type { Amounts } from '#core/quota/limits.ts';
import { markedWindows } from '#core/quota/marker.ts';
import type {
  OpenReservation,
  OrphanedReservations,
  QuotaStanding,
  QuotaStore,
  Reservation,
  ReserveOutcome,
  ReserveRequest,
} from '#core/quota/quota-store.ts';
import { itemKeyOf } from './dynamodb-quota-item.ts';
import { QuotaItems, type QuotaItemsParts, type TakeResult } from './dynamodb-quota-items.ts';
import { scanExpired } from './dynamodb-quota-orphans.ts';
import { type Slot, slotsOf } from './dynamodb-quota-slots.ts';

type FullItem = Extract<TakeResult, { readonly kind: 'full' }>;

const NOTHING: Amounts = { requests: 0, tokens: 0, nanoUsd: 0 };

/**
 * Every window of a tenant and of its first keys in one item for each month, so that one conditional
 * update checks and takes from all of them. Further keys have an item of their own, taken from at
 * the same time and given back when the other refuses.
 */
export class DynamodbQuotaStore implements QuotaStore, OrphanedReservations {
  readonly #parts: QuotaItemsParts;
  readonly #items: QuotaItems;

  constructor(parts: QuotaItemsParts) {
    this.#parts = parts;
    this.#items = new QuotaItems(parts);
  }

  /** Rejects with `quota_unavailable` after two tries. */
  async reserve(request: ReserveRequest): Promise<ReserveOutcome> {
    const lastSeen = this.#items.lastSeen(itemKeyOf(request.tenantId, request.id));
    const outcome = await this.#reserve(request, slotsOf(request, lastSeen?.inlineKeys ?? []));
    if (!('kind' in outcome)) return outcome;
    // Other keys have taken the places, and keep them for the month: this one goes apart.
    const second = await this.#reserve(request, slotsOf(request, outcome.inlineKeys));
    if ('kind' in second) throw new Error('a key that has an item of its own found no place');
    return second;
  }

  /** Rejects with `quota_unavailable`; the reservation then stays open. */
  async settle(reservation: OpenReservation, used: Amounts): Promise<boolean> {
    const { tenantId, id } = reservation;
    const settled = await Promise.all(
      partsOf(reservation).map(({ keyId, windows }) =>
        this.#items.give(itemKeyOf(tenantId, id, keyId), { ...reservation, windows }, used),
      ),
    );
    return settled.every(Boolean);
  }

  expired(nowMs: number): AsyncIterable<OpenReservation> {
    return scanExpired(this.#parts.client, this.#parts.tableName, nowMs);
  }

  async #reserve(
    request: ReserveRequest,
    slots: readonly Slot[],
  ): Promise<ReserveOutcome | FullItem> {
    const results = await Promise.allSettled(slots.map((slot) => this.#items.take(request, slot)));
    const taken = slots.filter((_, index) => {
      const result = results[index];
      return result?.status === 'fulfilled' && result.value.kind === 'granted';
    });
    if (taken.length < slots.length && taken.length > 0) {
      await this.settle(reservationOf(request, taken), NOTHING);
    }
    return outcomeOf(request, slots, results.map(takenOrThrown));
  }
}

function takenOrThrown(result: PromiseSettledResult<TakeResult>): TakeResult {
  if (result.status === 'rejected') throw result.reason;
  return result.value;
}

function outcomeOf(
  request: ReserveRequest,
  slots: readonly Slot[],
  results: readonly TakeResult[],
): ReserveOutcome | FullItem {
  const standings: QuotaStanding[] = [];
  let seq: number | undefined;
  for (const [index, result] of results.entries()) {
    if (result.kind === 'full') return result;
    standings.push(result.standing);
    if (result.kind === 'granted' && index === 0) seq = result.seq;
  }
  const standing = tightest(standings);
  const refused = results.find((result) => result.kind === 'refused');
  if (refused !== undefined) return { granted: false, refusal: refused.refusal, standing };
  return { granted: true, reservation: reservationOf(request, slots, seq), standing };
}

function tightest(standings: readonly QuotaStanding[]): QuotaStanding {
  const least = (rate: keyof QuotaStanding): QuotaStanding => {
    const [first] = standings
      .flatMap((standing) => standing[rate] ?? [])
      .sort((left, right) => left.remaining - right.remaining);
    return first === undefined ? {} : { [rate]: first };
  };
  return { ...least('requests'), ...least('tokens') };
}

function reservationOf(
  { id, tenantId, keyId, amounts, expiresAtMs }: ReserveRequest,
  slots: readonly Slot[],
  seq?: number,
): Reservation {
  const windows = slots.flatMap((slot) => markedWindows(id, slot));
  const common = { id, tenantId, keyId, amounts, expiresAtMs, windows };
  return seq === undefined ? common : { ...common, seq };
}

/** A key's name may hold colons: what follows it is told from the end. */
const KEY_OF_WINDOW = /^x:(.*):(?:m:[0-9a-z]{4,}|d:\d{1,2}|mo):[rtc]$/s;

/** A reservation's windows by the item they are in; those in a key's own item say so by their `x:`. */
function partsOf({
  windows,
}: OpenReservation): readonly { readonly windows: readonly string[]; readonly keyId?: string }[] {
  const apart = windows.filter((name) => name.startsWith('x:'));
  const together = windows.filter((name) => !name.startsWith('x:'));
  const keyId = KEY_OF_WINDOW.exec(apart[0] ?? '')?.[1];
  return [
    ...(together.length === 0 ? [] : [{ windows: together }]),
    ...(keyId === undefined ? [] : [{ windows: apart, keyId }]),
  ];
}

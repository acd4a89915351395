import {
  ConditionalCheckFailedException,
  type DynamoDBClient,
  GetItemCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { Failure } from '#core/failures/failure.ts';
import { findRefusal, standingOf } from '#core/quota/judge-windows.ts';
import type { Amounts } from '#core/quota/limits.ts';
import type {
  OpenReservation,
  QuotaRefusal,
  QuotaStanding,
  ReserveRequest,
} from '#core/quota/quota-store.ts';
import type { Clock, Random } from '#core/time/clock.ts';
import { giveExpression, takeExpression } from './dynamodb-quota-expressions.ts';
import { QuotaImages } from './dynamodb-quota-images.ts';
import {
  attributesOfKey,
  imageOf,
  OPEN,
  type QuotaImage,
  type QuotaItemKey,
  SEQUENCE,
} from './dynamodb-quota-item.ts';
import { MOST_INLINE_KEYS, type Slot } from './dynamodb-quota-slots.ts';
import type { Item } from './item-attributes.ts';

export interface QuotaItemsParts {
  /** Does not retry by itself. */
  readonly client: DynamoDBClient;
  readonly tableName: string;
  readonly clock: Pick<Clock, 'sleep'>;
  readonly random: Random;
}

export type TakeResult =
  | { readonly kind: 'granted'; readonly seq?: number; readonly standing: QuotaStanding }
  | {
      readonly kind: 'refused';
      readonly refusal: QuotaRefusal;
      readonly standing: QuotaStanding;
    }
  /** The tenant's item has no place for the key: these keys have them. */
  | { readonly kind: 'full'; readonly inlineKeys: readonly string[] };

/** The most a write waits before its second and last try. */
const LONGEST_PAUSE_MS = 150;
/**
 * How often a write is built anew because the item had moved on in between. DynamoDB's refusals bring
 * the item along and need one round; a store that must be read afterwards (dynalite) shows a later
 * one, in which a crowd at the edge of a limit may just have made room.
 */
const MOST_ROUNDS = 20;

/** The quota table, one item at a time: take from all its windows, or give back to them. */
export class QuotaItems {
  readonly #parts: QuotaItemsParts;
  readonly #images = new QuotaImages();

  constructor(parts: QuotaItemsParts) {
    this.#parts = parts;
  }

  /** What this process last saw of an item. */
  lastSeen(key: QuotaItemKey): QuotaImage | undefined {
    return this.#images.of(key);
  }

  /** One conditional update that takes from every window of the slot, or from none. */
  async take(request: ReserveRequest, slot: Slot): Promise<TakeResult> {
    for (let round = 0; round < MOST_ROUNDS; round += 1) {
      const expression = takeExpression(request, slot, this.#images.of(slot.item));
      const { applied, item } = await this.#update(slot.item, expression, 'ALL_NEW');
      const image = imageOf(item);
      this.#images.keep(slot.item, image);
      const standing = standingOf(slot.demands, image.numbers);
      if (applied) return grantOf(image, request.id, standing);
      const { inlineKeys } = image;
      if (isFull(slot, image)) return { kind: 'full', inlineKeys };
      // An earlier try whose answer was lost: granted, though nobody heard as which.
      if (image.hasMarker(request.id)) return { kind: 'granted', standing };
      const refusal = refusalOf(slot, image);
      if (refusal !== undefined) return { kind: 'refused', refusal, standing };
      // What stood in the way is gone again: ask once more.
    }
    throw unavailable(new Error(`a quota item changed ${MOST_ROUNDS} times while it was asked`));
  }

  /** @returns false when the reservation is not open (any more). */
  async give(key: QuotaItemKey, reservation: OpenReservation, used: Amounts): Promise<boolean> {
    let { windows } = reservation;
    for (let round = 0; round < MOST_ROUNDS; round += 1) {
      const expression = giveExpression({ ...reservation, windows }, used);
      const { applied, item } = await this.#update(key, expression, 'NONE');
      if (applied) return true;
      const image = imageOf(item);
      if (!image.hasMarker(reservation.id)) return false;
      // A window that has rolled over and been removed must not come back below zero.
      windows = windows.filter((name) => image.numbers.has(name));
    }
    throw unavailable(new Error(`a quota item changed ${MOST_ROUNDS} times while it was settled`));
  }

  /** The new item when the condition held, otherwise the one that stood in the way. */
  async #update(
    key: QuotaItemKey,
    expression: ReturnType<typeof takeExpression>,
    returned: 'ALL_NEW' | 'NONE',
  ): Promise<{ readonly applied: boolean; readonly item: Item | undefined }> {
    const command = new UpdateItemCommand({
      TableName: this.#parts.tableName,
      Key: attributesOfKey(key),
      ...expression,
      ReturnValues: returned,
      ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
    });
    try {
      const { Attributes } = await this.#twice(() => this.#parts.client.send(command));
      return { applied: true, item: Attributes };
    } catch (thrown) {
      if (!(thrown instanceof ConditionalCheckFailedException)) throw unavailable(thrown);
      return { applied: false, item: thrown.Item ?? (await this.#read(key)) };
    }
  }

  /** For stores that do not return the item with the refusal. */
  async #read(key: QuotaItemKey): Promise<Item | undefined> {
    const { client, tableName: TableName } = this.#parts;
    const command = new GetItemCommand({
      TableName,
      Key: attributesOfKey(key),
      ConsistentRead: true,
    });
    try {
      return (await this.#twice(() => client.send(command))).Item;
    } catch (thrown) {
      throw unavailable(thrown);
    }
  }

  /** Tries again once after a pause, unless the store has answered. */
  async #twice<T>(attempt: () => Promise<T>): Promise<T> {
    try {
      return await attempt();
    } catch (thrown) {
      if (thrown instanceof ConditionalCheckFailedException) throw thrown;
      const { clock, random } = this.#parts;
      await clock.sleep(random() * LONGEST_PAUSE_MS);
      return attempt();
    }
  }
}

/** Whoever says 200 without the reservation is not DynamoDB: nothing has been set aside. */
function grantOf(image: QuotaImage, id: string, standing: QuotaStanding): TakeResult {
  if (!image.hasMarker(id)) throw unavailable(new Error('no reservation came back'));
  return { kind: 'granted', seq: image.numbers.get(SEQUENCE) ?? 0, standing };
}

function refusalOf(slot: Slot, image: QuotaImage): QuotaRefusal | undefined {
  const open = image.numbers.get(OPEN) ?? 0;
  const refusal = findRefusal(slot.demands, image.numbers);
  if (refusal !== undefined || slot.concurrent === undefined || open < slot.concurrent) {
    return refusal;
  }
  const allowed = slot.concurrent;
  return { scope: 'tenant', limit: 'concurrentRequests', allowed, used: open, asked: 1 };
}

const isFull = ({ inlineKey }: Slot, { inlineKeys }: QuotaImage): boolean =>
  inlineKey !== undefined &&
  inlineKeys.length >= MOST_INLINE_KEYS &&
  !inlineKeys.includes(inlineKey);

const unavailable = (cause: unknown): Failure =>
  new Failure('quota_unavailable', 'quota cannot be checked right now; try again shortly', {
    cause,
    retryAfterMs: 1_000,
  });

import { type DynamoDBClient, ScanCommand } from '@aws-sdk/client-dynamodb';
import { decodeMarker, markedWindows } from '#core/quota/marker.ts';
import type { OpenReservation } from '#core/quota/quota-store.ts';
import { markersOf, readKey } from './dynamodb-quota-item.ts';
import type { Item } from './item-attributes.ts';

/**
 * Reads the whole quota table, which holds one small item for each tenant and month, and yields
 * every reservation that expired before `nowMs`.
 *
 * @throws Error at the end, when some could not be read: they keep no other from being settled.
 */
export async function* scanExpired(
  client: DynamoDBClient,
  tableName: string,
  nowMs: number,
): AsyncGenerator<OpenReservation, void> {
  const unreadable: unknown[] = [];
  let next: Item | undefined;
  do {
    const { Items = [], LastEvaluatedKey } = await client.send(
      new ScanCommand({ TableName: tableName, ExclusiveStartKey: next }),
    );
    for (const item of Items) yield* expiredIn(item, nowMs, unreadable);
    next = LastEvaluatedKey;
  } while (next !== undefined);
  if (unreadable.length > 0) {
    throw new AggregateError(unreadable, `${unreadable.length} reservations cannot be read`);
  }
}

function* expiredIn(
  item: Item,
  nowMs: number,
  unreadable: unknown[],
): Generator<OpenReservation, void> {
  for (const [id, text] of markersOf(item)) {
    try {
      const open = readOpen(item, id, text);
      if (open.expiresAtMs < nowMs) yield open;
    } catch (cause) {
      unreadable.push(cause);
    }
  }
}

function readOpen(item: Item, id: string, text: string): OpenReservation {
  const marker = decodeMarker(text);
  const { amounts, expiresAtMs } = marker;
  return {
    id,
    tenantId: readKey(item).tenantId,
    amounts,
    expiresAtMs,
    windows: markedWindows(id, marker),
  };
}

import { type DynamoDBClient, ScanCommand } from '@aws-sdk/client-dynamodb';
import { markedWindows } from '#core/quota/marker.ts';
import type { OpenReservation } from '#core/quota/quota-store.ts';
import { markersOf, readKey } from './dynamodb-quota-item.ts';
import type { Item } from './item-attributes.ts';

/**
 * Reads the whole quota table, which holds one small item for each tenant and month, and yields
 * every reservation that expired before `nowMs`.
 */
export async function* scanExpired(
  client: DynamoDBClient,
  tableName: string,
  nowMs: number,
): AsyncGenerator<OpenReservation, void> {
  let next: Item | undefined;
  do {
    const { Items = [], LastEvaluatedKey } = await client.send(
      new ScanCommand({ TableName: tableName, ExclusiveStartKey: next }),
    );
    for (const item of Items) yield* expiredIn(item, nowMs);
    next = LastEvaluatedKey;
  } while (next !== undefined);
}

function* expiredIn(item: Item, nowMs: number): Generator<OpenReservation, void> {
  const { tenantId } = readKey(item);
  for (const [id, marker] of markersOf(item)) {
    const { amounts, expiresAtMs } = marker;
    if (expiresAtMs >= nowMs) continue;
    yield { id, tenantId, amounts, expiresAtMs, windows: markedWindows(id, marker) };
  }
}

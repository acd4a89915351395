import { type DynamoDBClient, QueryCommand } from '@aws-sdk/client-dynamodb';
import { Failure } from '#core/failures/failure.ts';
import { tables } from './contract.ts';
import { controlKey } from './dynamodb-tenant-registry-items.ts';
import type { Item } from './item-attributes.ts';

const { partitionKey, sortKey } = tables.control;

export interface PageQuery {
  readonly tableName: string;
  readonly partition: string;
  /** The cursor an earlier page gave; undefined for the first. */
  readonly page: string | undefined;
  readonly pageSize: number;
}

export interface ItemPage {
  readonly items: readonly Item[];
  /** To spread into a page: empty on the last one. */
  readonly next: { readonly next?: string };
}

/**
 * One page of a partition, in the order of its sort keys. The cursor is the last sort key of the
 * page before, so items that come and go in between are neither skipped nor seen twice.
 *
 * @throws Failure `invalid_value` for a cursor that was not given out here.
 */
export async function queryPage(client: DynamoDBClient, query: PageQuery): Promise<ItemPage> {
  const { tableName, partition, page, pageSize } = query;
  const after = page === undefined ? undefined : readCursor(page);
  const { Items = [] } = await client.send(
    new QueryCommand({
      TableName: tableName,
      ConsistentRead: true,
      // One more than the page holds tells whether there is another.
      Limit: pageSize + 1,
      KeyConditionExpression: '#pk = :pk',
      ExpressionAttributeNames: { '#pk': partitionKey },
      ExpressionAttributeValues: { ':pk': { S: partition } },
      ...(after === undefined ? {} : { ExclusiveStartKey: controlKey(partition, after) }),
    }),
  );
  const items = Items.slice(0, pageSize);
  const last = items.at(-1)?.[sortKey]?.S;
  const more = Items.length > pageSize && last !== undefined;
  return { items, next: more ? { next: cursor(last) } : {} };
}

const cursor = (sortKey: string): string => Buffer.from(sortKey).toString('base64url');

function readCursor(page: string): string {
  const sort = Buffer.from(page, 'base64url').toString();
  // Decoding is lenient: whatever does not come out the same was not made here.
  if (sort !== '' && sort.length <= 256 && cursor(sort) === page) return sort;
  throw new Failure(
    'invalid_value',
    'after is no page of this list; send the `next` of the page before, unchanged',
    { param: 'after' },
  );
}

import {
  ConditionalCheckFailedException,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
} from '@aws-sdk/client-dynamodb';
import * as v from 'valibot';
import type { JwksSnapshot, KeySetCopy } from '#core/identity/jwks-snapshot.ts';
import { DAY_MS } from '#core/time/clock.ts';
import { jwksPartition, tables } from './contract.ts';
import { controlKey } from './dynamodb-tenant-registry-items.ts';
import {
  integer,
  integerSchema,
  json,
  jsonSchema,
  readItem,
  textSchema,
} from './item-attributes.ts';

const { partitionKey, sortKey, timeToLive } = tables.control;

/** Keys older than a day are not believed; the item may go a day later. */
const KEPT_MS = 2 * DAY_MS;

export interface DynamodbJwksSnapshotParts {
  readonly client: DynamoDBClient;
  /** The control table. */
  readonly tableName: string;
  readonly issuer: string;
}

const copySchema = v.strictObject({
  [partitionKey]: textSchema,
  [sortKey]: textSchema,
  json: jsonSchema(v.array(v.record(v.string(), v.unknown()))),
  fetchedAt: integerSchema,
  [timeToLive]: integerSchema,
});

/** The key set of one issuer in the control table: partition `jwks#<issuer>`, one item. */
export class DynamodbJwksSnapshot implements JwksSnapshot {
  readonly #client: DynamoDBClient;
  readonly #tableName: string;
  readonly #partition: string;

  constructor({ client, tableName, issuer }: DynamodbJwksSnapshotParts) {
    this.#client = client;
    this.#tableName = tableName;
    this.#partition = jwksPartition(issuer);
  }

  /** @throws Error naming the item when it is malformed. */
  async load(): Promise<KeySetCopy | undefined> {
    const { Item: item } = await this.#client.send(
      new GetItemCommand({ TableName: this.#tableName, Key: this.#key() }),
    );
    if (item === undefined) return undefined;
    const read = readItem(copySchema, item, `control item '${this.#partition}'`);
    return { keys: read.json, fetchedAtMs: read.fetchedAt };
  }

  async save({ keys, fetchedAtMs }: KeySetCopy): Promise<void> {
    try {
      await this.#client.send(
        new PutItemCommand({
          TableName: this.#tableName,
          Item: {
            ...this.#key(),
            json: json(keys),
            fetchedAt: integer(fetchedAtMs),
            [timeToLive]: integer(Math.ceil((fetchedAtMs + KEPT_MS) / 1000)),
          },
          ConditionExpression: 'attribute_not_exists(#pk) OR #fetchedAt < :fetchedAt',
          ExpressionAttributeNames: { '#pk': partitionKey, '#fetchedAt': 'fetchedAt' },
          ExpressionAttributeValues: { ':fetchedAt': integer(fetchedAtMs) },
        }),
      );
    } catch (thrown) {
      // Another process has saved a newer one.
      if (!(thrown instanceof ConditionalCheckFailedException)) throw thrown;
    }
  }

  #key() {
    return controlKey(this.#partition, 'jwks');
  }
}

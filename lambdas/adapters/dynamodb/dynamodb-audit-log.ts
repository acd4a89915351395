import {
  ConditionalCheckFailedException,
  type DynamoDBClient,
  PutItemCommand,
  QueryCommand,
} from '@aws-sdk/client-dynamodb';
import type { AuditLog, AuditReader } from '#core/audit/audit-log.ts';
import type { AuditCompletion, AuditIntent, AuditRecord } from '#core/audit/audit-record.ts';
import { Failure } from '#core/failures/failure.ts';
import { type Clock, DAY_MS, type Random } from '#core/time/clock.ts';
import { isUlid, ulidTimeMs } from '#core/time/ulid.ts';
import { tables } from './contract.ts';
import { readCompletionItem, writeCompletionItem } from './dynamodb-audit-log-completion.ts';
import { readIntentItem, writeIntentItem } from './dynamodb-audit-log-intent.ts';
import {
  type AuditHalf,
  auditPartition,
  auditSortKey,
  MOST_SHARDS,
  readAuditKey,
} from './dynamodb-audit-log-key.ts';
import { type Item, integer, text } from './item-attributes.ts';

export interface DynamodbAuditLogParts {
  /** Does not retry by itself: this log does, once. */
  readonly client: DynamoDBClient;
  readonly tableName: string;
  readonly clock: Pick<Clock, 'sleep'>;
  readonly random: Random;
  /**
   * Partitions a day of one tenant is spread over, 1 to 512; each takes about 400 requests a
   * second. Records written under another number are not found.
   *
   * @default 1
   */
  readonly shards?: number;
  /**
   * How long the table keeps a record, in days from its id's time.
   *
   * @default 30
   */
  readonly keepDays?: number;
}

const { partitionKey, sortKey, timeToLive } = tables.audit;

/** The most a write waits before its second and last try. */
const LONGEST_PAUSE_MS = 150;

/** The audit log as items of one table: two for each inference, written once and never changed. */
export class DynamodbAuditLog implements AuditLog, AuditReader {
  readonly #parts: DynamodbAuditLogParts;
  readonly #shards: number;
  readonly #keepDays: number;

  /** @throws RangeError when `shards` is out of range. */
  constructor(parts: DynamodbAuditLogParts) {
    const { shards = 1, keepDays = 30 } = parts;
    if (!Number.isInteger(shards) || shards < 1 || shards > MOST_SHARDS) {
      throw new RangeError(`shards must be an integer from 1 to ${MOST_SHARDS}, got ${shards}`);
    }
    this.#parts = parts;
    this.#shards = shards;
    this.#keepDays = keepDays;
  }

  /** Rejects with `audit_unavailable` after two tries. */
  async writeIntent(intent: AuditIntent): Promise<void> {
    await this.#write(intent, 'intent', writeIntentItem(intent));
  }

  /** Rejects with `audit_unavailable` after two tries. Bodies over 350 KB compressed are left out. */
  async writeCompletion(completion: AuditCompletion): Promise<void> {
    await this.#write(completion, 'completion', await writeCompletionItem(completion));
  }

  /**
   * One consistent read of both halves.
   *
   * @throws Error naming the item when one of them is malformed.
   */
  async find(tenantId: string, id: string): Promise<AuditRecord | undefined> {
    if (!isUlid(id)) return undefined;
    const { Items = [] } = await this.#parts.client.send(
      new QueryCommand({
        TableName: this.#parts.tableName,
        ConsistentRead: true,
        KeyConditionExpression: '#pk = :pk AND begins_with(#sk, :id)',
        ExpressionAttributeNames: { '#pk': partitionKey, '#sk': sortKey },
        ExpressionAttributeValues: {
          ':pk': { S: auditPartition(tenantId, id, this.#shards) },
          ':id': { S: `${id}#` },
        },
      }),
    );
    return Items.length === 0 ? undefined : Object.assign({}, ...Items.map(readHalf));
  }

  async #write(
    { tenantId, id }: Pick<AuditIntent, 'tenantId' | 'id'>,
    half: AuditHalf,
    item: Item,
  ): Promise<void> {
    const expiresAtMs = ulidTimeMs(id) + this.#keepDays * DAY_MS;
    const put = new PutItemCommand({
      TableName: this.#parts.tableName,
      Item: {
        [partitionKey]: text(auditPartition(tenantId, id, this.#shards)),
        [sortKey]: text(auditSortKey(id, half)),
        [timeToLive]: integer(Math.floor(expiresAtMs / 1000)),
        ...item,
      },
      ConditionExpression: 'attribute_not_exists(#pk)',
      ExpressionAttributeNames: { '#pk': partitionKey },
    });
    try {
      await this.#put(put);
    } catch {
      // Whatever it was may pass: the second try says what stays.
      const { clock, random } = this.#parts;
      await clock.sleep(random() * LONGEST_PAUSE_MS);
      await this.#put(put).catch(auditUnavailable);
    }
  }

  /** Succeeds as well when the item is there already: an earlier try whose answer was lost. */
  async #put(put: PutItemCommand): Promise<void> {
    try {
      await this.#parts.client.send(put);
    } catch (thrown) {
      if (!(thrown instanceof ConditionalCheckFailedException)) throw thrown;
    }
  }
}

function auditUnavailable(cause: unknown): never {
  throw new Failure(
    'audit_unavailable',
    'the audit record cannot be written right now; try again shortly',
    { cause, retryAfterMs: 1_000 },
  );
}

/** @throws Error naming the item when it is neither half of a record. */
function readHalf(item: Item): AuditRecord {
  const { [partitionKey]: partition, [sortKey]: sort, [timeToLive]: _expiry, ...attributes } = item;
  const name = readAuditKey(partition?.S ?? '', sort?.S ?? '');
  return name.half === 'intent'
    ? { intent: readIntentItem(name, attributes) }
    : { completion: readCompletionItem(name, attributes) };
}

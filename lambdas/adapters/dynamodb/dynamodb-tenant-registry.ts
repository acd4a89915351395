import {
  BatchGetItemCommand,
  ConditionalCheckFailedException,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
} from '@aws-sdk/client-dynamodb';
import type { Key, Tenant } from '#core/identity/caller.ts';
import type { Page, TenantRegistry } from '#core/identity/tenant-directory.ts';
import { tables } from './contract.ts';
import { queryPage } from './control-page.ts';
import {
  type ControlKey,
  clientItem,
  clientKey,
  documentItem,
  keyKey,
  pointerItem,
  pointersOf,
  readClient,
  readKey,
  readPointer,
  readTenant,
  TENANTS,
  tenantKey,
} from './dynamodb-tenant-registry-items.ts';
import type { Item } from './item-attributes.ts';

const { partitionKey } = tables.control;

export interface DynamodbTenantRegistryParts {
  readonly client: DynamoDBClient;
  /** The control table. */
  readonly tableName: string;
  /**
   * Items on a page, 1 to 100.
   *
   * @default 50
   */
  readonly pageSize?: number;
}

/** How often keys that DynamoDB leaves out of a batch are asked for again. */
const BATCH_ATTEMPTS = 5;

/**
 * Tenants, keys and clients in the control table. Reads are consistent, so that a revocation counts
 * at once for whoever asks, and a new key works at once.
 *
 * A new key is two single-item writes, its pointer in the tenant's list before the key itself: a
 * crash in between leaves a pointer to nothing, which lists as nothing, and never a usable key that
 * no list shows and nobody can revoke. Every later change writes the key alone.
 */
export class DynamodbTenantRegistry implements TenantRegistry {
  readonly #client: DynamoDBClient;
  readonly #tableName: string;
  readonly #pageSize: number;

  constructor({ client, tableName, pageSize = 50 }: DynamodbTenantRegistryParts) {
    this.#client = client;
    this.#tableName = tableName;
    this.#pageSize = pageSize;
  }

  async tenant(id: string): Promise<Tenant | undefined> {
    const item = await this.#get(tenantKey(id));
    return item && readTenant(item);
  }

  async keyByHash(hash: string): Promise<Key | undefined> {
    const item = await this.#get(keyKey(hash));
    return item && readKey(item);
  }

  async tenantOfClient(clientId: string): Promise<string | undefined> {
    const item = await this.#get(clientKey(clientId));
    return item && readClient(item);
  }

  /** @throws Failure `invalid_value` for a page that no page led to. */
  async tenants(page?: string): Promise<Page<Tenant>> {
    const { items, next } = await this.#query(TENANTS, page);
    return { items: items.map(readTenant), ...next };
  }

  /** @throws Failure `invalid_value` for a page that no page led to. */
  async keys(tenantId: string, page?: string): Promise<Page<Key>> {
    const { items, next } = await this.#query(pointersOf(tenantId), page);
    const keys = await this.#batchGet(items.map(readPointer));
    return { items: keys, ...next };
  }

  async putTenant(tenant: Tenant): Promise<boolean> {
    const key = tenantKey(tenant.id);
    if (key === undefined) throw new Error(`no tenant can be named '${tenant.id}'`);
    return this.#putDocument(key, tenant);
  }

  async putKey(key: Key): Promise<boolean> {
    const at = keyKey(key.hash);
    if (at === undefined) throw new Error(`key '${key.id}' has no SHA-256 for its hash`);
    if (key.version === 0 && !(await this.#putPointer(key))) return false;
    return this.#putDocument(at, key);
  }

  async putClient(clientId: string, tenantId: string): Promise<void> {
    const key = clientKey(clientId);
    if (key === undefined) {
      throw new Error(`a client id has 1 to 256 characters, got ${clientId.length}`);
    }
    await this.#client.send(
      new PutItemCommand({ TableName: this.#tableName, Item: clientItem(key, tenantId) }),
    );
  }

  async #get(key: ControlKey | undefined): Promise<Item | undefined> {
    if (key === undefined) return undefined;
    const { Item: item } = await this.#client.send(
      new GetItemCommand({ TableName: this.#tableName, Key: key, ConsistentRead: true }),
    );
    return item;
  }

  #query(partition: string, page: string | undefined) {
    return queryPage(this.#client, {
      tableName: this.#tableName,
      partition,
      page,
      pageSize: this.#pageSize,
    });
  }

  /** The keys in the order of their hashes; a pointer to nothing adds nothing. */
  async #batchGet(hashes: readonly string[]): Promise<readonly Key[]> {
    const found = new Map<string, Key>();
    let left = hashes.flatMap((hash) => keyKey(hash) ?? []);
    for (let attempt = 0; left.length > 0; attempt += 1) {
      if (attempt === BATCH_ATTEMPTS) throw new Error(`${left.length} keys could not be read`);
      const { Responses, UnprocessedKeys } = await this.#client.send(
        new BatchGetItemCommand({
          RequestItems: { [this.#tableName]: { Keys: left, ConsistentRead: true } },
        }),
      );
      for (const item of Responses?.[this.#tableName] ?? []) {
        const key = readKey(item);
        found.set(key.hash, key);
      }
      left = (UnprocessedKeys?.[this.#tableName]?.Keys ?? []) as ControlKey[];
    }
    return hashes.flatMap((hash) => found.get(hash) ?? []);
  }

  /** Writing the same pointer again succeeds; the id of another key does not. */
  #putPointer(key: Key): Promise<boolean> {
    const item = pointerItem(key);
    return this.#putIf(item, {
      ConditionExpression: 'attribute_not_exists(#pk) OR #hash = :hash',
      ExpressionAttributeNames: { '#pk': partitionKey, '#hash': 'hash' },
      ExpressionAttributeValues: { ':hash': { S: key.hash } },
    });
  }

  #putDocument(at: ControlKey, document: Tenant | Key): Promise<boolean> {
    const item = documentItem(at, document);
    if (document.version === 0) {
      return this.#putIf(item, {
        ConditionExpression: 'attribute_not_exists(#pk)',
        ExpressionAttributeNames: { '#pk': partitionKey },
      });
    }
    return this.#putIf(item, {
      ConditionExpression: '#version = :version',
      ExpressionAttributeNames: { '#version': 'version' },
      ExpressionAttributeValues: { ':version': { N: String(document.version) } },
    });
  }

  async #putIf(
    item: Item,
    condition: Pick<
      PutItemCommand['input'],
      'ConditionExpression' | 'ExpressionAttributeNames' | 'ExpressionAttributeValues'
    >,
  ): Promise<boolean> {
    try {
      await this.#client.send(
        new PutItemCommand({ TableName: this.#tableName, Item: item, ...condition }),
      );
      return true;
    } catch (thrown) {
      if (thrown instanceof ConditionalCheckFailedException) return false;
      throw thrown;
    }
  }
}

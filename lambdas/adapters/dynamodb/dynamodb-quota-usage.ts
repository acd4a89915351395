import { type DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import type { QuotaUsage } from '#core/governance/quota-usage.ts';
import type { Amounts } from '#core/quota/limits.ts';
import { monthOf, windowMask, windowsOf } from '#core/quota/windows.ts';
import { attributesOfKey, imageOf, Placeholders } from './dynamodb-quota-item.ts';

export interface DynamodbQuotaUsageParts {
  readonly client: DynamoDBClient;
  /** The quota table. */
  readonly tableName: string;
}

/** Reads the month windows that every tenant's quota item has, limited or not. */
export class DynamodbQuotaUsage implements QuotaUsage {
  readonly #parts: DynamodbQuotaUsageParts;

  constructor(parts: DynamodbQuotaUsageParts) {
    this.#parts = parts;
  }

  /** One consistent read: what was settled before it counts. */
  async month(tenantId: string, nowMs: number): Promise<Amounts> {
    const windows = windowsOf('t', windowMask('t', {}), nowMs);
    const placeholders = new Placeholders();
    const { Item: item } = await this.#parts.client.send(
      new GetItemCommand({
        TableName: this.#parts.tableName,
        Key: attributesOfKey({ tenantId, month: monthOf(nowMs) }),
        ConsistentRead: true,
        ProjectionExpression: windows.map(({ name }) => placeholders.name(name)).join(', '),
        ExpressionAttributeNames: placeholders.names,
      }),
    );
    const { numbers } = imageOf(item);
    const used = { requests: 0, tokens: 0, nanoUsd: 0 };
    for (const { name, measure } of windows) used[measure] = numbers.get(name) ?? 0;
    return used;
  }
}

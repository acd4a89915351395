import { type DynamoDBClient, QueryCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  DynamodbAuditLog,
  type DynamodbAuditLogParts,
} from '#adapters/dynamodb/dynamodb-audit-log.ts';
import type { AuditLog, AuditReader } from '#core/audit/audit-log.ts';
import { aCompletion, anId, anIntent } from '../support/audit-samples.ts';
import { type Dynalite, startDynalite } from '../support/dynalite.ts';
import { itemSize } from '../support/item-size.ts';
import { MemoryAuditLog } from '../support/memory-audit-log.ts';

/** What every audit log promises, whatever it is built on. */
function describeAuditLog(name: string, create: () => AuditLog & AuditReader): void {
  /** Another one for each test: the tables are shared. */
  let ids = 0;
  const nextId = (): string => {
    ids += 1;
    return anId(ids);
  };

  describe(`audit log: ${name}`, () => {
    it('gives both halves back as they were written', async () => {
      const log = create();
      const intent = anIntent({ id: nextId(), clientRetry: 2 });
      const completion = aCompletion({
        id: intent.id,
        bodies: { request: '{"messages":[]}', response: '[]' },
      });

      await log.writeIntent(intent);
      await log.writeCompletion(completion);

      expect(await log.find('acme', intent.id)).toEqual({ intent, completion });
    });

    it('gives one half when there is only one', async () => {
      const log = create();
      const intent = anIntent({ id: nextId() });
      const refusal = aCompletion({ id: nextId(), outcome: 'refused', attempts: [] });

      await log.writeIntent(intent);
      await log.writeCompletion(refusal);

      expect(await log.find('acme', intent.id)).toEqual({ intent });
      expect(await log.find('acme', refusal.id)).toEqual({ completion: refusal });
    });

    it("has nothing to say of an unknown id, of no id, and of another tenant's record", async () => {
      const log = create();
      const intent = anIntent({ id: nextId() });
      await log.writeIntent(intent);

      expect(await log.find('acme', nextId())).toBeUndefined();
      expect(await log.find('acme', 'no-id')).toBeUndefined();
      expect(await log.find('acme', '')).toBeUndefined();
      expect(await log.find('rival', intent.id)).toBeUndefined();
    });

    it('keeps what was written first: writing again is a no-op', async () => {
      const log = create();
      const id = nextId();
      const first = { intent: anIntent({ id }), completion: aCompletion({ id }) };
      await log.writeIntent(first.intent);
      await log.writeCompletion(first.completion);

      await log.writeIntent(anIntent({ id, route: 'other' }));
      await log.writeCompletion(aCompletion({ id, outcome: 'abandoned' }));

      expect(await log.find('acme', id)).toEqual(first);
    });
  });
}

let tables: Dynalite;
beforeAll(async () => {
  tables = await startDynalite();
});
afterAll(() => tables.close());

const dynamodbLog = (changes: Partial<DynamodbAuditLogParts> = {}): DynamodbAuditLog =>
  new DynamodbAuditLog({
    client: tables.client,
    tableName: 'audit',
    clock: { sleep: async () => {} },
    random: () => 0.5,
    ...changes,
  });

describeAuditLog('memory', () => new MemoryAuditLog());
describeAuditLog('dynamodb', () => dynamodbLog());
describeAuditLog('dynamodb, 16 shards', () => dynamodbLog({ tableName: 'audit', shards: 16 }));

/** The table through a client whose tries fail as told: before they arrive, or after. */
function failing(...tries: readonly ('before' | 'after' | 'not')[]) {
  let made = 0;
  const send = async (command: Parameters<DynamoDBClient['send']>[0]) => {
    const fault = tries[made] ?? 'not';
    made += 1;
    if (fault === 'before') throw new Error('throttled');
    const answer = await tables.client.send(command);
    if (fault === 'after') throw new Error('timed out');
    return answer;
  };
  return { client: { send } as unknown as DynamoDBClient, tries: () => made };
}

describe('the audit log on DynamoDB', () => {
  it('tries once more after a pause of at most 150 ms', async () => {
    const pauses: number[] = [];
    const { client, tries } = failing('before');
    const clock = { sleep: async (ms: number) => void pauses.push(ms) };
    const intent = anIntent({ tenantId: 'retried' });

    await dynamodbLog({ client, clock, random: () => 0.999 }).writeIntent(intent);

    expect(tries()).toBe(2);
    expect(pauses).toEqual([expect.closeTo(149.85)]);
    expect(await dynamodbLog().find('retried', intent.id)).toEqual({ intent });
  });

  it('is told it has written what an unanswered try had written', async () => {
    const { client, tries } = failing('after');
    const completion = aCompletion({ tenantId: 'ambiguous' });

    await dynamodbLog({ client }).writeCompletion(completion);

    expect(tries()).toBe(2);
    expect(await dynamodbLog().find('ambiguous', completion.id)).toEqual({ completion });
  });

  it('gives up after the second try, by name', async () => {
    const { client, tries } = failing('before', 'before');
    const writing = dynamodbLog({ client }).writeIntent(anIntent({ tenantId: 'down' }));

    await expect(writing).rejects.toMatchObject({ code: 'audit_unavailable', retryAfterMs: 1_000 });

    expect(tries()).toBe(2);
  });

  it('puts each half under tenant, day and shard, to be forgotten after 30 days', async () => {
    const intent = anIntent({ tenantId: 'kept', id: anId(33) });
    await dynamodbLog({ shards: 16 }).writeIntent(intent);

    const { Items = [] } = await tables.client.send(
      new QueryCommand({
        TableName: 'audit',
        KeyConditionExpression: 'pk = :pk',
        ExpressionAttributeValues: { ':pk': { S: 'kept#2026-11-23#1' } },
      }),
    );

    expect(Items).toHaveLength(1);
    expect(Items[0]).toMatchObject({
      sk: { S: `${intent.id}#intent` },
      ttl: { N: String(Date.UTC(2026, 11, 23, 10) / 1000) },
    });
    expect(itemSize(Items[0] ?? {})).toBeLessThan(1024);
  });

  it('does not ask the table about what is no id', async () => {
    const { client, tries } = failing();

    expect(await dynamodbLog({ client }).find('acme', 'no-id')).toBeUndefined();

    expect(tries()).toBe(0);
  });

  it.each([0, 1.5, 513])('refuses %d shards', (shards) => {
    expect(() => dynamodbLog({ shards })).toThrow(`from 1 to 512, got ${shards}`);
  });
});

import { GetItemCommand, type PutItemCommandInput } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DynamodbAuditLog } from '#adapters/dynamodb/dynamodb-audit-log.ts';
import { DynamodbQuotaStore } from '#adapters/dynamodb/dynamodb-quota-store.ts';
import { completeChat } from '#core/inference/complete-chat.ts';
import type { InferencePorts } from '#core/inference/inference-ports.ts';
import type { Limits } from '#core/quota/limits.ts';
import { type Dynalite, startDynalite } from '../../support/dynalite.ts';
import { aCaller, anInference, aPlatform } from '../../support/inference.ts';
import { itemSize } from '../../support/item-size.ts';
import { A_LETTER, AN_ANSWER } from '../../support/ordinary-english.ts';
import { bills, finishes, ScriptedProvider, says } from '../../support/scripted-provider.ts';

const TENANT_LIMITS: Required<Limits> = {
  requestsPerMinute: 1_000,
  tokensPerMinute: 1_000_000,
  tokensPerDay: 100_000_000,
  nanoUsdPerDay: 1_000_000_000_000,
  nanoUsdPerMonth: 10_000_000_000_000,
  concurrentRequests: 100,
};
const KEY_LIMITS: Limits = { requestsPerMinute: 100 };

let tables: Dynalite;
beforeAll(async () => {
  tables = await startDynalite();
});
afterAll(() => tables.close());

/** One command on its way: what it was, and what it has cost. */
interface Sent {
  readonly name: string;
  /** Commands that had been sent, and not been answered, when this one was. */
  readonly besides: number;
  /** Whether the model had been called by then. */
  readonly afterModel: boolean;
  /** Kilobytes begun of the larger of the item before and after: what DynamoDB bills. */
  units: number;
}

/** The platform in memory, but for quota and audit: those are the real adapters on one client. */
function aMeteredPlatform() {
  const provider = new ScriptedProvider([says(AN_ANSWER), finishes, bills]);
  const { ports, clock } = aPlatform({ providers: { a: provider } });
  const sent: Sent[] = [];
  let open = 0;
  let looking = false;
  const sizeOf = async (TableName: string | undefined, Key: PutItemCommandInput['Item']) => {
    looking = true;
    const read = tables.client.send(new GetItemCommand({ TableName, Key, ConsistentRead: true }));
    looking = false;
    return itemSize((await read).Item ?? {});
  };
  // The client puts its middleware together once; this one comes later.
  tables.client.config.cacheMiddleware = false;
  tables.client.middlewareStack.add(
    (next, context) => async (args) => {
      if (looking) return next(args);
      const name = context.commandName ?? '';
      const { TableName, Key, Item } = args.input as PutItemCommandInput & {
        readonly Key?: PutItemCommandInput['Item'];
      };
      const one: Sent = { name, besides: open, afterModel: provider.calls.length > 0, units: 0 };
      sent.push(one);
      open += 1;
      const before = Key === undefined ? 0 : await sizeOf(TableName, Key);
      const answer = await next(args);
      open -= 1;
      const after = Key === undefined ? itemSize(Item ?? {}) : await sizeOf(TableName, Key);
      one.units = Math.ceil(Math.max(before, after) / 1024);
      return answer;
    },
    { step: 'initialize', name: 'meter', override: true },
  );
  const shared = { client: tables.client, clock, random: Math.random };
  const real: InferencePorts = {
    ...ports,
    quotas: new DynamodbQuotaStore({ ...shared, tableName: 'quota' }),
    audit: new DynamodbAuditLog({ ...shared, tableName: 'audit' }),
  };
  return { ports: real, clock, sent };
}

const A_LETTER_TO_ANSWER = {
  messages: [{ role: 'user', content: A_LETTER.slice(0, 4_096 - AN_ANSWER.length) }],
} as const;

const caller = aCaller({
  keyId: 'abcdef012345',
  limits: { tenant: TENANT_LIMITS, key: KEY_LIMITS },
  bodies: 'full',
});

describe('a whole request with a 4 KB exchange, on DynamoDB', () => {
  it('is four writes and no read, and at most seven write units', async () => {
    const { ports, clock, sent } = aMeteredPlatform();

    const served = await completeChat(anInference(clock, A_LETTER_TO_ANSWER, { caller }), ports);
    await served.close();

    expect(served.answer.kind).toBe('whole');
    expect(sent.map(({ name }) => name)).toEqual([
      'UpdateItemCommand',
      'PutItemCommand',
      'PutItemCommand',
      'UpdateItemCommand',
    ]);
    expect(sent.reduce((sum, { units }) => sum + units, 0)).toBeLessThanOrEqual(7);
    expect(sent.every(({ units }) => units > 0)).toBe(true);
  });

  it('is one round trip before the model: the reservation and the intent are under way together', async () => {
    const { ports, clock, sent } = aMeteredPlatform();

    const served = await completeChat(anInference(clock, A_LETTER_TO_ANSWER, { caller }), ports);

    expect(served.answer.kind).toBe('whole');
    expect(sent.map(({ besides, afterModel }) => [besides, afterModel])).toEqual([
      [0, false],
      [1, false],
    ]);
    await served.close();
    expect(sent.slice(2).every(({ afterModel }) => afterModel)).toBe(true);
  });

  it('costs as much in the middle of a busy month, with four limited keys and others under way', async () => {
    const { ports, clock, sent } = aMeteredPlatform();
    const ask = (keyId: string) =>
      completeChat(
        anInference(clock, A_LETTER_TO_ANSWER, { caller: { ...caller, tenantId: 'busy', keyId } }),
        ports,
      );
    const keys = ['abcdef012341', 'abcdef012342', 'abcdef012343', 'abcdef012344'];
    const others = [];
    for (const keyId of keys) others.push(await ask(keyId));
    sent.length = 0;

    const served = await ask('abcdef012341');
    await served.close();

    expect(sent).toHaveLength(4);
    expect(sent.reduce((sum, { units }) => sum + units, 0)).toBeLessThanOrEqual(7);
    for (const other of others) await other.close();
  });
});

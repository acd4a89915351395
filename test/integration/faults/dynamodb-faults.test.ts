import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createDynamodbClient } from '#adapters/dynamodb/client.ts';
import { DynamodbAuditLog } from '#adapters/dynamodb/dynamodb-audit-log.ts';
import { DynamodbQuotaStore } from '#adapters/dynamodb/dynamodb-quota-store.ts';
import { DynamodbQuotaUsage } from '#adapters/dynamodb/dynamodb-quota-usage.ts';
import { systemClock } from '#runtime/host.ts';
import type { Door } from '#runtime/http.ts';
import { type Dynalite, startDynalite } from '../../support/dynalite.ts';
import {
  type DynamodbProxy,
  type ProxiedCall,
  startDynamodbProxy,
} from '../../support/dynamodb-proxy.ts';
import { aGateway, ask, chat } from '../../support/gateway.ts';
import { aPlatform } from '../../support/inference.ts';
import { bills, finishes, ScriptedProvider, says } from '../../support/scripted-provider.ts';

let dynalite: Dynalite;
let proxy: DynamodbProxy;
let provider: ScriptedProvider;
let setting: ReturnType<typeof aPlatform>;
let gateway: Door;

beforeEach(async () => {
  dynalite = await startDynalite();
  proxy = await startDynamodbProxy(dynalite.endpoint);
  const client = createDynamodbClient({ endpoint: proxy.endpoint, requestTimeoutMs: 300 });
  const store = { client, clock: systemClock, random: () => 0 };
  provider = new ScriptedProvider([says('hi'), finishes, bills]);
  setting = aPlatform({ providers: { a: provider } });
  gateway = aGateway({
    ...setting.ports,
    clock: systemClock,
    quotas: new DynamodbQuotaStore({ ...store, tableName: 'quota' }),
    audit: new DynamodbAuditLog({ ...store, tableName: 'audit' }),
  });
});

afterEach(async () => {
  await proxy.close();
  await dynalite.close();
});

const isReserve = ({ operation, body }: ProxiedCall) =>
  operation === 'UpdateItem' && JSON.stringify(body).includes('attribute_not_exists');
const isSettle = (call: ProxiedCall) => call.operation === 'UpdateItem' && !isReserve(call);
const isIntent = ({ operation, body }: ProxiedCall) =>
  operation === 'PutItem' && JSON.stringify(body).includes('#intent');
const isCompletion = (call: ProxiedCall) => call.operation === 'PutItem' && !isIntent(call);

/** Does something to the first so many calls of a kind. */
const firstly = <T>(kind: (call: ProxiedCall) => boolean, times: number, what: T) => {
  let left = times;
  return (call: ProxiedCall): T | undefined => {
    if (!kind(call) || left === 0) return undefined;
    left -= 1;
    return what;
  };
};

const usedTokens = async () => {
  const usage = new DynamodbQuotaUsage({ client: dynalite.client, tableName: 'quota' });
  return (await usage.month('acme', Date.now())).tokens;
};

const askOnce = async () => {
  const answer = await ask(gateway, { body: chat('hello') });
  return { status: answer.status, headers: answer.headers, error: JSON.parse(answer.body).error };
};

describe('DynamoDB, when it', () => {
  it.each([
    {
      name: 'throttles the reservation once',
      rule: { before: firstly(isReserve, 1, 'throttle' as const) },
    },
    {
      name: 'loses the answer to the reservation',
      rule: { after: firstly(isReserve, 1, 'reset' as const) },
    },
    {
      name: 'throttles the intent once',
      rule: { before: firstly(isIntent, 1, 'throttle' as const) },
    },
    {
      name: 'loses the answer to the intent',
      rule: { after: firstly(isIntent, 1, 'reset' as const) },
    },
    {
      name: 'loses the answer to the completion',
      rule: { after: firstly(isCompletion, 1, 'reset' as const) },
    },
    {
      name: 'loses the answer to the settlement',
      rule: { after: firstly(isSettle, 1, 'reset' as const) },
    },
  ])('$name, costs the client nothing, and nobody is billed twice', async ({ rule }) => {
    proxy.rule = rule;

    const { status } = await askOnce();

    expect(status).toBe(200);
    expect(provider.calls).toHaveLength(1);
    expect(await usedTokens()).toBe(12);
  });

  it('throttles every reservation, refuses with 503 and calls no model', async () => {
    proxy.rule = { before: (call) => (isReserve(call) ? 'throttle' : undefined) };

    const { status, error, headers } = await askOnce();

    expect([status, error.code]).toEqual([503, 'quota_unavailable']);
    expect(headers).toMatchObject({ 'x-should-retry': 'true', 'retry-after': '1' });
    expect(provider.calls).toEqual([]);
    expect(proxy.calls.filter(isReserve)).toHaveLength(2);
    expect(setting.observer.degradations).toContain('quota-reserve-failed');
  });

  it('hangs, refuses in bounded time', async () => {
    proxy.rule = { before: () => new Promise(() => {}) };

    const { status, error } = await askOnce();

    expect([status, error.code]).toEqual([503, 'quota_unavailable']);
    expect(provider.calls).toEqual([]);
  });

  it('refuses intents, refuses with 503 and gives the quota back', async () => {
    proxy.rule = { before: (call) => (isIntent(call) ? 'reset' : undefined) };

    const { status, error } = await askOnce();

    expect([status, error.code]).toEqual([503, 'audit_unavailable']);
    expect(provider.calls).toEqual([]);
    expect(await usedTokens()).toBe(0);
  });

  it('refuses completions, lets the answer stand and spills the record', async () => {
    proxy.rule = { before: (call) => (isCompletion(call) ? 'reset' : undefined) };

    const { status } = await askOnce();

    expect(status).toBe(200);
    expect(setting.audit.spilled).toMatchObject([{ outcome: 'completed', nanoUsd: 17_000 }]);
    expect(await usedTokens()).toBe(12);
  });

  it('is well, takes four writes, no reads, and one round trip before the model', async () => {
    const order: string[] = [];
    proxy.rule = {
      before: (call) =>
        void order.push(isReserve(call) ? 'reserve' : isIntent(call) ? 'intent' : 'later'),
      after: (call) => void (isReserve(call) || isIntent(call) ? order.push('answered') : 0),
    };

    await askOnce();

    expect(order.slice(0, 2).sort()).toEqual(['intent', 'reserve']);
    expect(order.slice(2)).toEqual(['answered', 'answered', 'later', 'later']);
    expect(proxy.calls.map(({ operation }) => operation).sort()).toEqual([
      'PutItem',
      'PutItem',
      'UpdateItem',
      'UpdateItem',
    ]);
  });
});

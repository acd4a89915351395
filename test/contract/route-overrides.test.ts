import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import * as v from 'valibot';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DynamodbRouteOverrides } from '#adapters/dynamodb/dynamodb-route-overrides.ts';
import { routeSchema } from '../../lambdas/platform/contract.ts';
import { type Dynalite, startDynalite } from '../support/dynalite.ts';

let tables: Dynalite;
beforeAll(async () => {
  tables = await startDynalite();
});
afterAll(() => tables.close());

const put = (name: string, json: string) =>
  tables.client.send(
    new PutItemCommand({
      TableName: 'control',
      Item: { pk: { S: 'routes' }, sk: { S: name }, json: { S: json } },
    }),
  );

describe('route overrides on DynamoDB', () => {
  it('gives routes with their defaults, and names what is none', async () => {
    const targets = [{ provider: 'bedrock', model: 'm' }];
    await put('chat', JSON.stringify({ name: 'chat', targets }));
    await put('torn', '{"name":');
    await put('empty', JSON.stringify({ name: 'empty', targets: [] }));
    await put('alias', JSON.stringify({ name: 'chat', targets }));
    const overrides = new DynamodbRouteOverrides({
      client: tables.client,
      tableName: 'control',
      parseRoute: (value) => v.parse(routeSchema, value),
    });

    const { routes, malformed } = await overrides.load();

    expect(routes).toEqual([v.parse(routeSchema, { name: 'chat', targets })]);
    expect(malformed).toEqual([
      { name: 'alias', cause: new Error("route override 'alias' holds the route 'chat'") },
      { name: 'empty', cause: expect.any(v.ValiError) },
      { name: 'torn', cause: new Error("route override 'torn' is malformed at json") },
    ]);
  });

  it('rejects when the table cannot be read', async () => {
    const overrides = new DynamodbRouteOverrides({
      client: tables.client,
      tableName: 'no-such-table',
      parseRoute: (value) => v.parse(routeSchema, value),
    });

    await expect(overrides.load()).rejects.toThrow();
  });
});

import { GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DynamodbJwksSnapshot } from '#adapters/dynamodb/dynamodb-jwks-snapshot.ts';
import { startAuth } from '../../support/auth.ts';
import { type Dynalite, startDynalite } from '../../support/dynalite.ts';

const tableName = 'control';
const KEYS = [{ kty: 'RSA', kid: 'a', n: 'AQAB', e: 'AQAB' }];

let database: Dynalite;
beforeAll(async () => {
  database = await startDynalite();
});

afterAll(() => database.close());

const snapshotOf = (issuer: string) =>
  new DynamodbJwksSnapshot({ client: database.client, tableName, issuer });

describe('the signing keys in the control table', () => {
  it('come back as they were saved, for their own issuer', async () => {
    const copy = { keys: KEYS, fetchedAtMs: 1_764_000_000_000 };

    await snapshotOf('https://a.example').save(copy);

    expect(await snapshotOf('https://a.example').load()).toEqual(copy);
    expect(await snapshotOf('https://b.example').load()).toBeUndefined();
  });

  it('are never replaced by older ones', async () => {
    const snapshot = snapshotOf('https://older.example');
    await snapshot.save({ keys: KEYS, fetchedAtMs: 2_000 });

    await snapshot.save({ keys: [], fetchedAtMs: 1_000 });

    expect(await snapshot.load()).toEqual({ keys: KEYS, fetchedAtMs: 2_000 });
  });

  it('may be removed two days after the issuer gave them', async () => {
    await snapshotOf('https://ttl.example').save({ keys: KEYS, fetchedAtMs: 1_764_000_000_000 });

    const { Item } = await database.client.send(
      new GetItemCommand({
        TableName: tableName,
        Key: { pk: { S: 'jwks#https://ttl.example' }, sk: { S: 'jwks' } },
      }),
    );

    expect(Item?.['ttl']).toEqual({ N: String(1_764_000_000 + 2 * 86_400) });
  });

  it('are named, and not shown, when the item is malformed', async () => {
    await database.client.send(
      new PutItemCommand({
        TableName: tableName,
        Item: {
          pk: { S: 'jwks#https://bad.example' },
          sk: { S: 'jwks' },
          json: { S: '{"secret"' },
          fetchedAt: { N: '1' },
          ttl: { N: '1' },
        },
      }),
    );

    await expect(snapshotOf('https://bad.example').load()).rejects.toThrow(
      "control item 'jwks#https://bad.example' is malformed at json",
    );
  });

  it('let a new process take tokens while the issuer is down', async () => {
    const bench = await startAuth({ snapshot: snapshotOf('https://down.example') });
    const token = await bench.token({ exp: bench.clock.nowMs() / 1000 + 86_400 });
    await bench.present(token);
    await bench.issuer.close();
    await bench.clock.advance(23 * 3_600_000);

    const outcome = await bench.restart()([`Bearer ${token}`]);

    expect(outcome).toMatchObject({ ok: true, value: { tenantId: 'acme' } });
    expect(bench.metrics.values('JwksStaleAge').at(-1)).toBe(23 * 3_600_000);
  });
});

import { DeleteTableCommand, ListTablesCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, it } from 'vitest';
import { DynamodbQuotaStore } from '#adapters/dynamodb/dynamodb-quota-store.ts';
import { systemClock } from '#runtime/host.ts';
import { createTables } from '../../../bin/local/create-tables.ts';
import { describeQuotaCrashes } from '../../contract/quota-crashes.contract.ts';
import { describeQuotaStore } from '../../contract/quota-store.contract.ts';
import { type DynamodbLocal, startDynamodbLocal } from './start-dynamodb-local.ts';

const started = await startDynamodbLocal().catch((thrown: Error) => thrown);

if (started instanceof Error) {
  it(`SKIPPED: ${started.message}`, () => {
    process.stdout.write(`SKIPPED: ${started.message}\n`);
  });
} else {
  describeQuotaStores(started);
}

function describeQuotaStores(peer: DynamodbLocal): void {
  afterAll(() => peer.close());

  describeQuotaStore('DynamoDB, on DynamoDB Local', async () => {
    await emptyTables(peer);
    return new DynamodbQuotaStore({
      client: peer.client,
      tableName: 'quota',
      clock: systemClock,
      random: Math.random,
    });
  });

  describeQuotaCrashes('DynamoDB Local', async () => {
    await emptyTables(peer);
    return peer;
  });
}

async function emptyTables({ client }: DynamodbLocal): Promise<void> {
  const { TableNames = [] } = await client.send(new ListTablesCommand({}));
  for (const TableName of TableNames) await client.send(new DeleteTableCommand({ TableName }));
  await createTables(client);
}

import { CreateTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { type TableName, tables } from '#adapters/dynamodb/contract.ts';
import { startDatabase } from '../../bin/local/database.ts';

/** The three tables in memory, each under its own name. */
export interface GovernanceTables {
  readonly endpoint: string;
  readonly client: DynamoDBClient;
  close(): Promise<void>;
}

export async function startTables(): Promise<GovernanceTables> {
  const database = await startDatabase(undefined);
  const client = new DynamoDBClient({
    endpoint: database.endpoint,
    region: 'eu-central-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  });
  await Promise.all(Object.keys(tables).map((name) => create(client, name as TableName)));
  return {
    endpoint: database.endpoint,
    client,
    close: () => {
      client.destroy();
      return database.close();
    },
  };
}

async function create(client: DynamoDBClient, name: TableName): Promise<void> {
  const { partitionKey, sortKey } = tables[name];
  await client.send(
    new CreateTableCommand({
      TableName: name,
      BillingMode: 'PAY_PER_REQUEST',
      KeySchema: [
        { AttributeName: partitionKey, KeyType: 'HASH' },
        { AttributeName: sortKey, KeyType: 'RANGE' },
      ],
      AttributeDefinitions: [
        { AttributeName: partitionKey, AttributeType: 'S' },
        { AttributeName: sortKey, AttributeType: 'S' },
      ],
    }),
  );
}

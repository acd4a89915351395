import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { createTables } from '../../bin/local/create-tables.ts';
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
  await createTables(client);
  return {
    endpoint: database.endpoint,
    client,
    close: () => {
      client.destroy();
      return database.close();
    },
  };
}

import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { createDynamodbClient } from '#adapters/dynamodb/client.ts';
import { createTables } from '../../bin/local/create-tables.ts';
import { startDatabase } from '../../bin/local/database.ts';

/** A DynamoDB of a test's own, in memory, with the platform's tables under their own names. */
export interface Dynalite {
  readonly endpoint: string;
  readonly client: DynamoDBClient;
  close(): Promise<void>;
}

export async function startDynalite(): Promise<Dynalite> {
  const database = await startDatabase(undefined);
  const client = createDynamodbClient({
    endpoint: database.endpoint,
    requestTimeoutMs: 20_000,
    connectionTimeoutMs: 20_000,
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

import {
  CreateTableCommand,
  type DynamoDBClient,
  ResourceInUseException,
} from '@aws-sdk/client-dynamodb';
import { tables } from '#adapters/dynamodb/contract.ts';

/** Creates the platform's three tables, each under its own name; leaves alone those there are. */
export async function createTables(client: DynamoDBClient): Promise<void> {
  for (const [name, { partitionKey, sortKey }] of Object.entries(tables)) {
    await client
      .send(
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
      )
      .catch((thrown: unknown) => {
        if (!(thrown instanceof ResourceInUseException)) throw thrown;
      });
  }
}

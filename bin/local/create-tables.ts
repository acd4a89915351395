import { setTimeout as wait } from 'node:timers/promises';
import {
  CreateTableCommand,
  DescribeTableCommand,
  type DynamoDBClient,
  ResourceInUseException,
} from '@aws-sdk/client-dynamodb';
import { tables } from '#adapters/dynamodb/contract.ts';

/** The SDK's own waiter looks once a second at best; an emulator is done in a millisecond. */
const LOOK_EVERY_MS = 2;
const MOST_LOOKS = 2_500;

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
  for (const name of Object.keys(tables)) await activeTable(client, name);
}

/** A table that is being created answers as if it were not there. */
async function activeTable(client: DynamoDBClient, name: string): Promise<void> {
  for (let look = 0; look < MOST_LOOKS; look += 1) {
    const { Table: table } = await client.send(new DescribeTableCommand({ TableName: name }));
    if (table?.TableStatus === 'ACTIVE') return;
    await wait(LOOK_EVERY_MS);
  }
  throw new Error(`the table '${name}' is still being created; start again`);
}

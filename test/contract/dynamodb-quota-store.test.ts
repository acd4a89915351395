import { afterEach } from 'vitest';
import { DynamodbQuotaStore } from '#adapters/dynamodb/dynamodb-quota-store.ts';
import { systemClock } from '#runtime/host.ts';
import { type Dynalite, startDynalite } from '../support/dynalite.ts';
import { describeQuotaStore } from './quota-store.contract.ts';

let dynalite: Dynalite | undefined;

afterEach(async () => {
  await dynalite?.close();
  dynalite = undefined;
});

describeQuotaStore('DynamoDB, on dynalite', async () => {
  dynalite = await startDynalite();
  return new DynamodbQuotaStore({
    client: dynalite.client,
    tableName: 'quota',
    clock: systemClock,
    random: Math.random,
  });
});

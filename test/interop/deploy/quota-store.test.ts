import { it } from 'vitest';
import { createDynamodbClient } from '#adapters/dynamodb/client.ts';
import { DynamodbQuotaStore } from '#adapters/dynamodb/dynamodb-quota-store.ts';
import { systemClock } from '#runtime/host.ts';
import { describeQuotaStore } from '../../contract/quota-store.contract.ts';
import { assemble } from './assembly.ts';
import { Deployment } from './deployment.ts';
import { installMoto } from './install-moto.ts';
import { startMoto } from './start-moto.ts';

const installed = await installMoto().catch((thrown: Error) => thrown);
if (installed instanceof Error) it(`SKIPPED: ${installed.message}`, () => {});

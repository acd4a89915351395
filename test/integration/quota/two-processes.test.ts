import { afterAll, describe } from 'vitest';
import { describeQuotaCrashes } from '../../contract/quota-crashes.contract.ts';
import { type Dynalite, startDynalite } from '../../support/dynalite.ts';

let dynalite: Dynalite | undefined;

afterAll(() => dynalite?.close());

describe('F16 F17 the quota table, hammered', () => {
  describeQuotaCrashes('dynalite', async () => {
    dynalite = await startDynalite();
    return dynalite;
  });
});

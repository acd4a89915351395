import { afterAll } from 'vitest';
import { describeQuotaCrashes } from '../../contract/quota-crashes.contract.ts';
import { type Dynalite, startDynalite } from '../../support/dynalite.ts';

let dynalite: Dynalite | undefined;

afterAll(() => dynalite?.close());

describeQuotaCrashes('dynalite', async () => {
  dynalite = await startDynalite();
  return dynalite;
});

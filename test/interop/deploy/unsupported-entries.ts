import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CfnTemplate, StackToDeploy } from './assembly.ts';
import { Deployment } from './deployment.ts';
import { type EmulatedAccount, startMoto } from './start-moto.ts';
import { entryFor, type Unsupported, unsupported } from './unsupported.ts';
import { keepOnly } from './without-unsupported.ts';

/** Each entry of the table is still needed, and says what the emulator does. */
export function describeUnsupported(stacks: readonly StackToDeploy[]): void {
  describe('what is left out', () => {
    let account: EmulatedAccount;
    let deployment: Deployment;

    beforeAll(async () => {
      account = await startMoto();
      deployment = new Deployment(account);
      await deployment.bootstrap();
    });

    afterAll(async () => {
      deployment.close();
      await account.close();
    });

    it.each(unsupported.map((entry, index) => ({ entry, index, type: entry.type })))(
      '$type cannot be deployed alone either',
      async ({ entry, index }) => {
        expect(await answerTo(deployment, `Alone-${index}`, stacks, entry)).toBe(entry.answer);
      },
    );
  });
}

async function answerTo(
  deployment: Deployment,
  name: string,
  stacks: readonly StackToDeploy[],
  entry: Unsupported,
): Promise<'ignored' | 'refused' | 'taken' | 'not used'> {
  const stack = stacks.find(({ template }) =>
    Object.values(template.Resources).some((resource) => entryFor(resource) === entry),
  );
  if (stack === undefined) return 'not used';
  const template: CfnTemplate = {
    Resources: keepOnly(stack.template, (resource) => entryFor(resource) === entry).Resources,
  };
  try {
    await deployment.deploy({ name, assets: [], template });
  } catch {
    // Whoever listens still: the refusal was of this template.
    expect(await deployment.status('nobody')).toBeUndefined();
    return 'refused';
  }
  return (await deployment.resources(name)).length === 0 ? 'ignored' : 'taken';
}

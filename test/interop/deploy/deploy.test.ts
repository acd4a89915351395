import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { assemble, type StackToDeploy } from './assembly.ts';
import { type DeployedPlatform, deployPlatform } from './deploy-platform.ts';
import { Deployment } from './deployment.ts';
import { findingsOf, functionOf, tableNameOf } from './findings.ts';
import { installMoto } from './install-moto.ts';
import { describePlanted } from './planted.ts';
import { type EmulatedAccount, startMoto } from './start-moto.ts';
import { ignoredProperties, unexplained } from './unsupported.ts';
import { describeUnsupported } from './unsupported-entries.ts';

const installed = await installMoto().catch((thrown: Error) => thrown);

if (installed instanceof Error) {
  it('both stacks are deployed into an emulated account', ({ skip }) =>
    skip(`SKIPPED: ${installed.message}`));
} else {
  const stacks = { dev: assemble('config/dev.json'), prod: assemble('config/prod.json') };
  describeProfile('dev', stacks.dev);
  describeProfile('prod', stacks.prod);
  describePlanted(stacks.dev);
  describeUnsupported([...stacks.dev, ...stacks.prod]);
}

function describeProfile(profile: 'dev' | 'prod', stacks: readonly StackToDeploy[]): void {
  const file = `config/${profile}.json`;

  describe(`${profile}, deployed into an account of moto's`, () => {
    let account: EmulatedAccount;
    let deployment: Deployment;
    let platform: DeployedPlatform;

    beforeAll(async () => {
      account = await startMoto();
      deployment = new Deployment(account);
      await deployment.bootstrap();
      platform = await deployPlatform(account, deployment, file, stacks);
    });

    afterAll(async () => {
      deployment.close();
      await account.close();
    });

    it('has both stacks complete, the data first, and every resource that is meant', () => {
      expect(stacks.map(({ name }) => name)).toEqual(['Ballast-Data', 'Ballast-Gateway']);
      expect(platform.statuses).toEqual(['CREATE_COMPLETE', 'CREATE_COMPLETE']);
      expect(platform.missing).toEqual([]);
    });

    it('is what was meant, asked of each service, but for what moto drops', async () => {
      const findings = await findingsOf(platform);

      expect(unexplained(findings)).toEqual([]);
      for (const { type, property, finding, profiles } of ignoredProperties) {
        expect(
          findings.some((it) => finding.test(it)),
          `${type} ${property} is dropped`,
        ).toBe(profiles.includes(profile));
      }
    });

    it('takes an update in place: the setting is there, the tables are the same', async () => {
      const before = await functionOf(platform, 'Gateway');
      const changed = assemble(file, { gatewayMemoryMb: 1024 });

      const updated = await deployPlatform(account, deployment, file, changed);

      expect(updated.statuses[1]).toBe('UPDATE_COMPLETE');
      expect(before.MemorySize).toBe(512);
      expect((await functionOf(updated, 'Gateway')).MemorySize).toBe(1024);
      for (const name of ['quota', 'audit', 'control'] as const) {
        expect(tableNameOf(updated, name)).toBe(tableNameOf(platform, name));
      }
      expect(unexplained(await findingsOf(updated))).toEqual([]);
    });

    it(`${profile === 'prod' ? 'keeps its tables' : 'leaves nothing'} when its data stack is deleted`, async () => {
      await deployment.delete('Ballast-Data');

      const { TableNames } = await account.call<{ TableNames: readonly string[] }>(
        'dynamodb',
        'list_tables',
      );
      expect(await deployment.status('Ballast-Data')).toBeUndefined();
      expect(TableNames).toHaveLength(profile === 'prod' ? 3 : 0);
    });

    it('is not deleted by moto as a whole, which lets a policy go before its role', async () => {
      await expect(deployment.delete('Ballast-Gateway')).rejects.toThrow(
        'must detach all policies first',
      );
    });
  });
}

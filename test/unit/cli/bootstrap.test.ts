import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { AwsAccount } from '../../../bin/ballast/aws-account.ts';
import { CliError } from '../../../bin/ballast/cli-error.ts';
import { MemoryTenantRegistry } from '../../support/memory-tenant-registry.ts';
import { runBallast } from '../../support/run-ballast.ts';

const OUTPUTS = { ControlTableName: 'control-1', ApiUrl: 'https://api.example/prod/' };
const BOOTSTRAP = ['bootstrap', '--stack', 'ballast-dev', '--json'];

class FakeAccount implements AwsAccount {
  readonly registry = new MemoryTenantRegistry();
  readonly tables: string[] = [];
  readonly #outputs: Readonly<Record<string, string>>;

  constructor(outputs: Readonly<Record<string, string>> = OUTPUTS) {
    this.#outputs = outputs;
  }

  async stackOutputs(): Promise<Readonly<Record<string, string>>> {
    return this.#outputs;
  }

  tenantRegistry(tableName: string): MemoryTenantRegistry {
    this.tables.push(tableName);
    return this.registry;
  }
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

describe('ballast bootstrap', () => {
  it('writes the first tenant, an admin and a first key, and shows them once', async () => {
    const aws = new FakeAccount();

    const run = await runBallast(BOOTSTRAP, { aws });

    const { keys, ...rest } = JSON.parse(run.stdout);
    expect(run.exitCode).toBe(0);
    expect(rest).toEqual({
      object: 'bootstrap',
      tenant: 'operator',
      url: 'https://api.example/prod/',
      revoked: [],
    });
    expect(aws.tables).toEqual(['control-1']);
    expect(await aws.registry.tenant('operator')).toMatchObject({ status: 'active', version: 1 });
    expect(await aws.registry.keyByHash(sha256(keys.admin.secret))).toMatchObject({
      scopes: ['ballast/admin', 'ballast/audit'],
    });
    expect(await aws.registry.keyByHash(sha256(keys.first.secret))).toMatchObject({
      scopes: ['ballast/inference', 'ballast/audit'],
    });
  });

  it('tells people what to do next', async () => {
    const run = await runBallast(['bootstrap', '--stack', 's'], { aws: new FakeAccount() });

    expect(run.stdout).toMatch(/^admin key {2}sk-[\w-]{43}$/m);
    expect(run.stdout).toContain('Keep them now');
    expect(run.stdout).toContain('BALLAST_URL=https://api.example/prod/');
  });

  it('refuses to make a second administrator', async () => {
    const aws = new FakeAccount();
    await runBallast(BOOTSTRAP, { aws });

    const again = await runBallast(BOOTSTRAP, { aws });

    expect(again).toMatchObject({ exitCode: 1, stdout: '' });
    expect(JSON.parse(again.stderr).error.code).toBe('admin_exists');
    expect((await aws.registry.keys('operator')).items).toHaveLength(2);
  });

  it('replaces the administrator with --force, and revives a suspended tenant', async () => {
    const aws = new FakeAccount();
    const first = JSON.parse((await runBallast(BOOTSTRAP, { aws })).stdout);
    const tenant = await aws.registry.tenant('operator');
    if (tenant !== undefined) await aws.registry.putTenant({ ...tenant, status: 'suspended' });

    const forced = JSON.parse((await runBallast([...BOOTSTRAP, '--force'], { aws })).stdout);

    expect(forced.revoked).toEqual([first.keys.admin.id]);
    expect(await aws.registry.tenant('operator')).toMatchObject({ status: 'active' });
    expect(await aws.registry.keyByHash(sha256(first.keys.admin.secret))).toMatchObject({
      status: 'revoked',
    });
    expect(await aws.registry.keyByHash(sha256(forced.keys.admin.secret))).toMatchObject({
      status: 'active',
    });
  });

  it('says what a stack that is no platform has', async () => {
    const run = await runBallast(BOOTSTRAP, { aws: new FakeAccount({ BucketName: 'x' }) });

    expect(run.exitCode).toBe(1);
    expect(JSON.parse(run.stderr).error.message).toContain('it has BucketName');
  });

  it.each([
    [Object.assign(new Error('x'), { name: 'CredentialsProviderError' }), 'no_aws_credentials'],
    [new Error('Region is missing'), 'no_aws_region'],
    [Object.assign(new Error('not yours'), { name: 'AccessDenied' }), 'aws_error'],
    [new CliError('no_such_stack', 'no stack'), 'no_such_stack'],
  ])('explains %s', async (thrown, code) => {
    const aws: AwsAccount = {
      stackOutputs: () => Promise.reject(thrown),
      tenantRegistry: () => new MemoryTenantRegistry(),
    };

    const run = await runBallast(BOOTSTRAP, { aws });

    expect(run.exitCode).toBe(1);
    expect(JSON.parse(run.stderr).error.code).toBe(code);
  });
});

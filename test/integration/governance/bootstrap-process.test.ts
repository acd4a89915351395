import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DynamodbTenantRegistry } from '#adapters/dynamodb/dynamodb-tenant-registry.ts';
import { serveStacks } from '../../support/cloudformation-server.ts';
import { type Dynalite, startDynalite } from '../../support/dynalite.ts';
import { spawnBallast } from '../../support/run-ballast.ts';

const CREDENTIALS = { AWS_ACCESS_KEY_ID: 'local', AWS_SECRET_ACCESS_KEY: 'local' };
const STACKS = {
  'ballast-dev': { UserPoolId: 'x' },
  'ballast-dev-data': { ControlTableName: 'control' },
  'ballast-dev-gateway': { ApiUrl: 'https://api.example/dev/' },
  'ballast-development-data': { ControlTableName: 'of-another-platform' },
};

let tables: Dynalite;
let stacks: Awaited<ReturnType<typeof serveStacks>>;

beforeAll(async () => {
  tables = await startDynalite();
  stacks = await serveStacks(STACKS);
});

afterAll(() => Promise.all([tables.close(), stacks.close()]));

const bootstrap = (...args: readonly string[]) =>
  spawnBallast(['bootstrap', '--region', 'eu-central-1', '--json', ...args], {
    ...CREDENTIALS,
    AWS_ENDPOINT_URL_CLOUDFORMATION: stacks.url,
    AWS_ENDPOINT_URL_DYNAMODB: tables.endpoint,
  });

describe('ballast bootstrap as a process', () => {
  it('finds the table among the stacks of a platform, and writes an admin that is found by its key', async () => {
    const run = await bootstrap('--stack', 'ballast-dev');

    const { url, keys } = JSON.parse(run.stdout);
    const registry = new DynamodbTenantRegistry({ client: tables.client, tableName: 'control' });
    const hash = createHash('sha256').update(keys.admin.secret).digest('hex');
    expect(run).toMatchObject({ exitCode: 0, stderr: '' });
    expect(url).toBe('https://api.example/dev/');
    expect(await registry.keyByHash(hash)).toMatchObject({
      id: keys.admin.id,
      tenantId: 'operator',
      scopes: ['ballast/admin', 'ballast/audit'],
    });
    expect(await registry.tenant('operator')).toMatchObject({ status: 'active', version: 1 });
  });

  it('refuses a second administrator, and replaces the first with --force', async () => {
    await bootstrap('--stack', 'ballast-dev-data', '--tenant', 'twice');

    const refused = await bootstrap('--stack', 'ballast-dev-data', '--tenant', 'twice');
    const forced = await bootstrap('--stack', 'ballast-dev-data', '--tenant', 'twice', '--force');

    expect(refused.exitCode).toBe(1);
    expect(JSON.parse(refused.stderr).error.code).toBe('admin_exists');
    expect(forced.exitCode).toBe(0);
    expect(JSON.parse(forced.stdout).revoked).toHaveLength(1);
  });

  it('says that there is no such stack', async () => {
    const run = await bootstrap('--stack', 'balast');

    expect(run.exitCode).toBe(1);
    expect(JSON.parse(run.stderr).error).toMatchObject({ code: 'no_such_stack' });
  });
});

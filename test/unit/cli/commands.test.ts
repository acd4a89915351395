import { beforeEach, describe, expect, it } from 'vitest';
import { formatUlid } from '#core/time/ulid.ts';
import { ACME, ADMIN, GovernanceBench, NOW_MS } from '../../support/governance.ts';
import { type GovernanceServer, serveGovernance } from '../../support/governance-server.ts';
import { type CliRun, runBallast } from '../../support/run-ballast.ts';

const SECRET = 'sk-test-admin';

let bench: GovernanceBench;
let server: GovernanceServer;

beforeEach(async () => {
  bench = new GovernanceBench({}, 1);
  await bench.registry.putTenant(ACME);
  server = await serveGovernance(bench, SECRET);
  return () => server.close();
});

const ballast = (...args: readonly string[]): Promise<CliRun> =>
  runBallast(args, { env: { BALLAST_URL: server.url, BALLAST_API_KEY: SECRET } });

describe('ballast tenants', () => {
  it('lists every page as a table', async () => {
    await bench.registry.putTenant({ ...ACME, id: 'beta', name: 'Beta', limits: {} });

    const run = await ballast('tenants', 'list');

    expect(run).toEqual({
      exitCode: 0,
      stderr: '',
      stdout: [
        'TENANT  NAME  STATUS  LIMITS',
        'acme    Acme  active  requests_per_minute=5 usd_per_day=0.05',
        'beta    Beta  active  none',
        '',
      ].join('\n'),
    });
  });

  it('prints one JSON document with --json, wherever it stands', async () => {
    const [before, after] = [
      await ballast('--json', 'tenants', 'show', 'acme'),
      await ballast('tenants', 'show', 'acme', '--json'),
    ];

    expect(JSON.parse(before.stdout)).toMatchObject({ object: 'tenant', id: 'acme', version: 1 });
    expect(after.stdout).toBe(before.stdout);
  });

  it('creates with limits, changes one, removes another and suspends', async () => {
    await ballast('tenants', 'create', 'beta', '--usd-per-day', '0.05', '--tokens-per-day', '9');
    await ballast('tenants', 'update', 'beta', '--usd-per-day', 'none', '--name', 'Beta');
    const run = await ballast('tenants', 'suspend', 'beta');

    expect(run.exitCode).toBe(0);
    expect(run.stdout).toMatch(/limits\.tokens_per_day +9\n/);
    expect(await bench.registry.tenant('beta')).toEqual({
      id: 'beta',
      name: 'Beta',
      status: 'suspended',
      limits: { tokensPerDay: 9 },
      bodies: 'hash-only',
      version: 3,
    });
  });

  it('binds to routes and lets go of them', async () => {
    await ballast(
      'tenants',
      'update',
      'acme',
      '--route',
      'chat-default',
      '--guardrail-policy',
      'strict',
    );
    const bound = await bench.registry.tenant('acme');
    await ballast('tenants', 'update', 'acme', '--route', 'all', '--guardrail-policy', 'route');
    const free = await bench.registry.tenant('acme');

    expect(bound).toMatchObject({ routes: ['chat-default'], guardrailPolicy: 'strict' });
    expect(free).toEqual({ ...ACME, version: 3 });
  });

  it('refuses an update that was made against an older version', async () => {
    const run = await ballast('tenants', 'update', 'acme', '--name', 'x', '--if-version', '7');

    expect(run).toMatchObject({ exitCode: 1, stdout: '' });
    expect(run.stderr).toContain('is at version 1, the change was made against version 7');
  });
});

describe('ballast keys', () => {
  it('shows the secret of a new key once', async () => {
    const created = await ballast('keys', 'create', 'acme', '--name', 'ci', '--scope', 'audit');
    const listed = await ballast('keys', 'list', 'acme');

    const secret = /sk-[\w-]{43}/.exec(created.stdout)?.[0] ?? '';
    expect(await bench.registry.keyByHash(bench.parts.mint.sha256(secret))).toMatchObject({
      name: 'ci',
      scopes: ['ballast/audit'],
    });
    expect(created.stdout).toContain('cannot be shown again');
    expect(listed.stdout).toMatch(/ci +active +ballast\/audit +none +-/);
    expect(listed.stdout).not.toContain(secret);
  });

  it('revokes', async () => {
    const { id } = JSON.parse((await ballast('keys', 'create', 'acme', '--json')).stdout);

    const run = await ballast('keys', 'revoke', 'acme', id);

    expect(run.stdout).toBe(`key ${id} of tenant acme is revoked\n`);
    expect((await bench.registry.keys('acme')).items).toMatchObject([{ status: 'revoked' }]);
  });
});

describe('ballast audit, usage and routes', () => {
  it('show the record, the month and the targets', async () => {
    const id = formatUlid(NOW_MS, new Uint8Array(16));
    bench.used = { requests: 3, tokens: 120, nanoUsd: 240_000 };
    bench.records.set(`${ADMIN.tenantId}/${id}`, {
      completion: {
        id,
        tenantId: ADMIN.tenantId,
        keyId: 'k',
        startedAtMs: NOW_MS,
        endedAtMs: NOW_MS,
        outcome: 'refused',
        failure: 'insufficient_quota',
        attempts: [],
        nanoUsd: 0,
      },
    });

    const audit = await ballast('audit', 'show', id);
    const usage = await ballast('usage');
    const routes = await ballast('routes', 'list');

    expect(audit.stdout).toMatch(/failure +insufficient_quota/);
    expect(usage.stdout).toMatch(/cost_usd +0\.00024/);
    expect(routes.stdout).toContain('chat-default  simulated/echo (1)  default');
  });
});

import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ACME, GovernanceBench } from '../../support/governance.ts';
import { type GovernanceServer, serveGovernance } from '../../support/governance-server.ts';
import { spawnBallast } from '../../support/run-ballast.ts';

const LAUNCHER = fileURLToPath(new URL('../../../bin/ballast.js', import.meta.url));
const SECRET = 'sk-test-admin';

let server: GovernanceServer;

beforeAll(async () => {
  const bench = new GovernanceBench();
  for (let tenant = 0; tenant < 500; tenant += 1) {
    await bench.registry.putTenant({ ...ACME, id: `acme-${tenant}` });
  }
  server = await serveGovernance(bench, SECRET);
});

afterAll(() => server.close());

const ballast = (...args: readonly string[]) =>
  spawnBallast(args, { BALLAST_URL: server.url, BALLAST_API_KEY: SECRET });

describe('the ballast process', () => {
  it('prints a document longer than a pipe holds, and nothing else', async () => {
    const run = await ballast('tenants', 'list', '--json');

    expect(run).toMatchObject({ exitCode: 0, stderr: '' });
    expect(run.stdout.length).toBeGreaterThan(65_536);
    expect(JSON.parse(run.stdout).data).toHaveLength(500);
  });

  it('ends with 1 when the platform refuses', async () => {
    const run = await ballast('tenants', 'show', 'nobody');

    expect(run).toMatchObject({ exitCode: 1, stdout: '' });
    expect(run.stderr).toContain('no such tenant (not_found)');
  });

  it('ends with 2 when it is misused', async () => {
    const run = await ballast('tenants', 'lst');

    expect(run).toMatchObject({ exitCode: 2, stdout: '' });
    expect(run.stderr).toContain('Did you mean list?');
  });

  it('does not mind a reader that stops early', async () => {
    const child = spawn(process.execPath, [LAUNCHER, 'tenants', 'list', '--json'], {
      env: { PATH: process.env['PATH'], BALLAST_URL: server.url, BALLAST_API_KEY: SECRET },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    child.stdout.destroy();

    const exited = new Promise<number | null>((resolve) => child.once('exit', resolve));

    expect(await text(child.stderr)).toBe('');
    expect(await exited).toBe(0);
  });
});

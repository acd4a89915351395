import { describe, expect, it } from 'vitest';
import { ACME, GovernanceBench } from '../../support/governance.ts';
import { serveAlways, serveGovernance } from '../../support/governance-server.ts';
import { runBallast } from '../../support/run-ballast.ts';

const SECRET = 'sk-test-admin';

describe('ballast when the API refuses', () => {
  it('tells code, message and x-request-id', async () => {
    const server = await serveGovernance(new GovernanceBench(), SECRET);

    const run = await runBallast(['tenants', 'show', 'nobody', '--url', server.url], {
      env: { BALLAST_API_KEY: SECRET },
    });
    await server.close();

    expect(run.exitCode).toBe(1);
    expect(run.stderr).toMatch(/^error: no such tenant \(not_found\)\nx-request-id: \w{26}\n$/);
  });

  it('tells the same as JSON on standard error', async () => {
    const server = await serveGovernance(new GovernanceBench(), SECRET);

    const run = await runBallast(['tenants', 'show', 'nobody', '--json', '--url', server.url], {
      env: { BALLAST_API_KEY: SECRET },
    });
    await server.close();

    expect(run.stdout).toBe('');
    expect(JSON.parse(run.stderr)).toEqual({
      error: {
        code: 'not_found',
        message: 'no such tenant',
        status: 404,
        request_id: expect.stringMatching(/^\w{26}$/),
      },
    });
  });

  it('says where it looked for a credential that was refused, and never the credential', async () => {
    const server = await serveGovernance(new GovernanceBench(), SECRET);

    const run = await runBallast(['usage', '--url', server.url], {
      env: { BALLAST_API_KEY: 'sk-wrong-secret' },
    });
    await server.close();

    expect(run.exitCode).toBe(1);
    expect(run.stderr).toContain('BALLAST_API_KEY (set), BALLAST_CLIENT_ID (not set)');
    expect(run.stderr).not.toContain('sk-wrong-secret');
  });

  it('says that something else answers', async () => {
    const server = await serveAlways(502, '<html>\u001b[2J bad gateway</html>');

    const run = await runBallast(['usage', '--url', server.url, '--key', SECRET]);
    await server.close();

    expect(run.stderr).toBe(
      `error: ${server.url} answered 502 and not as this API does; is --url right (unexpected_answer)\n`,
    );
  });

  it('lets no answer steer the terminal', async () => {
    const server = await serveAlways(200, '{"object":"usage","tenant":"\\u001b[2Jx"}');

    const run = await runBallast(['usage', '--url', server.url, '--key', SECRET]);
    await server.close();

    expect(run.stdout).toBe('tenant  \u{fffd}[2Jx\n');
  });
});

describe('the URL of a platform', () => {
  it('may end in a stage, with a slash or without', async () => {
    const paths: unknown[] = [];
    const server = await serveAlways(200, '{}', ({ url }) => paths.push(url));

    for (const stage of ['/prod', '/prod/']) {
      await runBallast(['usage', '--url', `${server.url}${stage}`, '--key', SECRET]);
    }
    await server.close();

    expect(paths).toEqual(['/prod/v1/usage', '/prod/v1/usage']);
  });
});

describe('ballast without a platform', () => {
  it('says how to start one', async () => {
    const server = await serveAlways(200, '{}');
    await server.close();

    const run = await runBallast(['usage', '--url', server.url, '--key', SECRET]);

    expect(run.exitCode).toBe(1);
    expect(run.stderr).toContain(`nothing listens at ${server.url}; start the local platform`);
    expect(run.stderr).toContain('npm start');
  });

  it('refuses a URL that is none, and shows it', async () => {
    const run = await runBallast(['usage', '--url', 'localhost:8787', '--key', SECRET]);

    expect(run.exitCode).toBe(1);
    expect(run.stderr).toContain("--url must be an http or https URL, got 'localhost:8787'");
  });
});

describe('the credentials of ballast', () => {
  it('are asked for by name when there are none', async () => {
    const run = await runBallast(['usage'], { env: { BALLAST_CLIENT_ID: 'demo' } });

    expect(run.exitCode).toBe(1);
    expect(run.stderr).toContain('BALLAST_CLIENT_ID (set), BALLAST_CLIENT_SECRET (not set)');
  });

  it('are never quoted, not even when they cannot be sent', async () => {
    const run = await runBallast(['usage', '--key', 'sk-split\nsecret']);

    expect(run.exitCode).toBe(1);
    expect(run.stderr).toContain('the key holds a space or another character');
    expect(run.stderr).not.toContain('secret\n');
    expect(run.stderr).not.toContain('sk-split');
  });

  it('may be those of an OAuth2 client, whose token is fetched once', async () => {
    const bench = new GovernanceBench({}, 1);
    await bench.registry.putTenant(ACME);
    await bench.registry.putTenant({ ...ACME, id: 'beta' });
    const api = await serveGovernance(bench, 'jwt');
    const asked: unknown[] = [];
    const issuer = await serveAlways(200, '{"access_token":"jwt"}', (request, body) =>
      asked.push([request.headers.authorization, body]),
    );
    const env = {
      BALLAST_URL: api.url,
      BALLAST_CLIENT_ID: 'demo',
      BALLAST_CLIENT_SECRET: 'demo-secret',
      BALLAST_TOKEN_URL: issuer.url,
    };

    const run = await runBallast(['tenants', 'list'], { env });
    await Promise.all([api.close(), issuer.close()]);

    const basic = Buffer.from('demo:demo-secret').toString('base64');
    expect(run.exitCode).toBe(0);
    expect(api.authorizations).toEqual(['Bearer jwt', 'Bearer jwt']);
    expect(asked).toEqual([[`Basic ${basic}`, 'grant_type=client_credentials']]);
  });

  it('may be refused by the issuer, which is named, and the secret is not', async () => {
    const issuer = await serveAlways(401, '{"error":"invalid_client"}');
    const env = {
      BALLAST_CLIENT_ID: 'demo',
      BALLAST_CLIENT_SECRET: 'demo-secret',
      BALLAST_TOKEN_URL: issuer.url,
    };

    const run = await runBallast(['usage'], { env });
    await issuer.close();

    expect(run.stderr).toContain("gave no token for client 'demo': invalid_client");
    expect(run.stderr).not.toContain('demo-secret');
  });
});

import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createIssuer, type Issuer } from '../../../bin/local/issuer.ts';
import type { Authorize } from '../../../lambdas/authorizer/authorizer.ts';
import { wireAuthorizer } from '../../../lambdas/authorizer/wiring.ts';
import { tenantOf } from '../../support/auth.ts';
import { MemoryTenantRegistry } from '../../support/memory-tenant-registry.ts';
import { RecordingLog, RecordingMetrics } from '../../support/recorders.ts';
import { TestClock } from '../../support/test-clock.ts';

const URL_OF_ISSUER = 'http://127.0.0.1:8787';
const clock = new TestClock();

let folder: string;
let issuer: Issuer;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ballast-issuer-'));
  issuer = await start();
});

afterAll(() => rm(folder, { recursive: true }));

const start = (dataFolder?: string): Promise<Issuer> =>
  createIssuer({
    url: URL_OF_ISSUER,
    clients: [
      { id: 'demo', secret: 'demo-secret', scopes: ['ballast/inference', 'ballast/audit'] },
      { id: 'a:b&c', secret: 's%:+ ä', scopes: ['ballast/inference'] },
    ],
    dataFolder,
    clock,
  });

async function post(form: Record<string, string> | string, headers: Record<string, string> = {}) {
  const answer = await issuer.handle({
    method: 'POST',
    path: '/oauth2/token',
    headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
    body: typeof form === 'string' ? form : new URLSearchParams(form).toString(),
  });
  return { ...answer, json: JSON.parse(answer?.body ?? '') };
}

const GRANT = { grant_type: 'client_credentials' };
const DEMO = { ...GRANT, client_id: 'demo', client_secret: 'demo-secret' };

const basic = (id: string, secret: string) => ({
  authorization: `Basic ${Buffer.from(`${encodeURIComponent(id)}:${encodeURIComponent(secret)}`).toString('base64')}`,
});

async function authorizerOf(trusted: Issuer): Promise<Authorize> {
  const registry = new MemoryTenantRegistry();
  await registry.putTenant(tenantOf('acme'));
  await registry.putClient('demo', 'acme');
  return wireAuthorizer(
    {
      ISSUER: URL_OF_ISSUER,
      AUDIENCES: ['demo'],
      TENANT_CLAIM: undefined,
      SCOPE_PREFIX: 'ballast/',
    },
    {
      directory: registry,
      clock,
      log: new RecordingLog(),
      metrics: new RecordingMetrics(),
      fetchJson: trusted.fetchJson,
    },
  );
}

describe('the local issuer', () => {
  it('gives tokens that the authorizer takes, without asking itself by HTTP', async () => {
    const authorize = await authorizerOf(issuer);
    const { json } = await post(DEMO);

    expect(await authorize([`Bearer ${json.access_token}`])).toMatchObject({
      ok: true,
      value: {
        tenantId: 'acme',
        keyId: 'client:demo',
        scopes: ['ballast/inference', 'ballast/audit'],
      },
    });
  });

  it('says for how long and for what, and that nobody may keep it', async () => {
    const { status, headers, json } = await post(DEMO);

    expect([status, headers?.['cache-control']]).toEqual([200, 'no-store']);
    expect(json).toMatchObject({
      token_type: 'Bearer',
      expires_in: 3600,
      scope: 'ballast/inference ballast/audit',
    });
  });

  it('takes client credentials in the header, whatever characters they have', async () => {
    const { status } = await post(GRANT, basic('a:b&c', 's%:+ ä'));

    expect(status).toBe(200);
  });

  it('takes credentials in the header that were not form-encoded', async () => {
    const authorization = `basic ${Buffer.from('demo:demo-secret').toString('base64')}`;

    expect((await post(GRANT, { authorization })).status).toBe(200);
  });

  it('grants the scopes that are asked for', async () => {
    const { json } = await post({ ...DEMO, scope: 'ballast/audit' });

    expect(json.scope).toBe('ballast/audit');
  });

  it.each([
    ['a scope the client may not have', { ...DEMO, scope: 'ballast/admin' }, 400, 'invalid_scope'],
    ['a wrong secret', { ...DEMO, client_secret: 'demo-secreT' }, 401, 'invalid_client'],
    ['no secret', { ...GRANT, client_id: 'demo' }, 401, 'invalid_client'],
    [
      'an empty secret of nobody',
      { ...GRANT, client_id: 'x', client_secret: '' },
      401,
      'invalid_client',
    ],
    ['another grant', { ...DEMO, grant_type: 'password' }, 400, 'unsupported_grant_type'],
    ['no grant', { client_id: 'demo' }, 400, 'invalid_request'],
    [
      'a doubled parameter',
      'grant_type=client_credentials&scope=a&scope=b',
      400,
      'invalid_request',
    ],
  ])('refuses %s', async (_what, form, status, error) => {
    const answer = await post(form);

    expect([answer.status, answer.json.error]).toEqual([status, error]);
  });

  it('asks for Basic authentication when Basic authentication failed', async () => {
    const { status, headers } = await post(GRANT, basic('demo', 'wrong'));

    expect([status, headers?.['www-authenticate']]).toEqual([401, 'Basic realm="ballast"']);
  });

  it('refuses credentials in two places, and a body that is no form', async () => {
    const twice = await post(DEMO, basic('demo', 'demo-secret'));
    const noForm = await post(JSON.stringify(DEMO), { 'content-type': 'application/json' });

    expect([twice.json.error, noForm.json.error]).toEqual(['invalid_request', 'invalid_request']);
  });

  it('answers other methods with 405 and leaves other paths to others', async () => {
    const get = { method: 'GET', headers: {}, body: '' };
    const answers = await Promise.all([
      issuer.handle({ ...get, path: '/oauth2/token' }),
      issuer.handle({ ...get, path: '/v1/models' }),
    ]);

    expect([answers[0]?.status, answers[1]]).toEqual([405, undefined]);
  });

  it('publishes the public half of its key alone', async () => {
    const { jwks_uri } = (await issuer.fetchJson(
      `${URL_OF_ISSUER}/.well-known/openid-configuration`,
    )) as { jwks_uri: string };
    const { keys } = (await issuer.fetchJson(jwks_uri)) as { keys: object[] };

    expect(keys.map((key) => Object.keys(key).sort())).toEqual([
      ['alg', 'e', 'kid', 'kty', 'n', 'use'],
    ]);
  });

  it('gives the authorizer nothing but its own documents', async () => {
    await expect(issuer.fetchJson('http://169.254.169.254/x')).rejects.toThrow(/no document/);
  });

  it('keeps its key over a restart, for its owner’s eyes only', async () => {
    const before = await start(folder);
    issuer = before;
    const { json } = await post(DEMO);
    const authorize = await authorizerOf(await start(folder));
    const { mode } = await stat(join(folder, 'issuer', 'signing-key.json'));

    expect((await authorize([`Bearer ${json.access_token}`])).ok).toBe(true);
    expect(mode & 0o077).toBe(0);
  });

  it('makes a new key at every start in memory', async () => {
    issuer = await start();
    const { json } = await post(DEMO);
    const authorize = await authorizerOf(await start());

    expect((await authorize([`Bearer ${json.access_token}`])).ok).toBe(false);
  });

  it('says what to do about a damaged key, without showing it', async () => {
    const path = join(folder, 'issuer', 'signing-key.json');
    const kept = await readFile(path, 'utf8');
    await writeFile(path, kept.slice(0, -10));

    await expect(start(folder)).rejects.toThrow(
      /signing-key\.json holds no signing key; delete it/,
    );
  });
});

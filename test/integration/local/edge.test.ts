import { once } from 'node:events';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  ADMIN,
  DEMO,
  type ObservedPlatform,
  post,
  startLocal,
  TINY,
  user,
} from '../../support/local-platform.ts';

let platform: ObservedPlatform;
const chats = () => `${platform.url}/v1/chat/completions`;
const echo = (content: string) => ({ model: 'simulated/echo', messages: user(content) });

beforeAll(async () => {
  platform = await startLocal();
});

afterAll(() => platform.close());

async function tokenOf(form: Record<string, string>): Promise<string> {
  const response = await fetch(`${platform.url}/oauth2/token`, {
    method: 'POST',
    headers: { authorization: `Basic ${btoa('demo:demo-secret')}` },
    body: new URLSearchParams({ grant_type: 'client_credentials', ...form }),
  });
  return ((await response.json()) as { access_token: string }).access_token;
}

describe('the way in', () => {
  it('takes a token of its own issuer, and only for what it was given', async () => {
    const token = await tokenOf({});
    const narrow = await tokenOf({ scope: 'ballast/audit' });

    const chat = await post(chats(), echo('hi'), { authorization: `Bearer ${token}` });
    const refused = await post(chats(), echo('hi'), { authorization: `Bearer ${narrow}` });

    expect([chat.status, refused.status]).toEqual([200, 403]);
    expect(await refused.json()).toMatchObject({ error: { code: 'insufficient_scope' } });
  });

  it.each([
    { name: 'no credential', headers: {} },
    { name: 'an unknown key', headers: { authorization: 'Bearer sk-unknown' } },
    { name: 'no scheme', headers: { authorization: 'sk-local-demo' } },
    { name: 'a token of nobody', headers: { authorization: 'Bearer eyJhbGciOiJub25lIn0.e30.' } },
  ])('refuses $name in the shape of the OpenAI API', async ({ headers }) => {
    const answer = await post(chats(), echo('hi'), headers);

    expect(answer.status).toBe(401);
    expect(answer.headers.get('x-should-retry')).toBe('false');
    expect(answer.headers.get('x-request-id')).toMatch(/^[0-9A-Z]{26}$/);
    expect(await answer.json()).toEqual({
      error: {
        message: expect.any(String),
        type: 'authentication_error',
        param: null,
        code: 'invalid_api_key',
      },
    });
  });

  it('refuses two credentials in one request', async () => {
    const socket = connect(Number(new URL(platform.url).port), '127.0.0.1');
    await once(socket, 'connect');
    socket.write(
      'GET /v1/models HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n' +
        'authorization: Bearer sk-local-demo\r\nauthorization: Bearer sk-local-admin\r\n\r\n',
    );

    expect(await text(socket)).toMatch(/^HTTP\/1\.1 401 /);
  });

  it('F12 F32 keeps tenants apart and ignores whoever a request says it is', async () => {
    const mine = await post(
      chats(),
      { ...echo('mine'), user: 'tiny' },
      { ...DEMO, 'x-tenant-id': 'tiny' },
    );
    const id = mine.headers.get('x-request-id');
    const read = (headers: Record<string, string>, which = id) =>
      fetch(`${platform.url}/v1/audit/${which}`, { headers });

    const [own, foreign, unknown] = await Promise.all([
      read(DEMO),
      read(TINY),
      read(TINY, '01ARZ3NDEKTSV4RRFFQ69G5FAV'),
    ]);
    const foreignBody = (await foreign.text()).replace(id ?? '', 'ID');

    expect(await own.json()).toMatchObject({ id, tenant: 'demo' });
    expect([foreign.status, unknown.status]).toEqual([404, 404]);
    expect(foreignBody).toBe((await unknown.text()).replace('01ARZ3NDEKTSV4RRFFQ69G5FAV', 'ID'));
  });

  it('F14 leaves the admin API to administrators', async () => {
    const read = (headers: Record<string, string>) =>
      fetch(`${platform.url}/admin/v1/tenants`, { headers });

    const [admin, demo] = [await read(ADMIN), await read(DEMO)];

    expect([admin.status, demo.status]).toEqual([200, 403]);
    expect(JSON.stringify(await admin.json())).toContain('tiny');
  });

  it('answers 413 to 6 MB and to 10 MB, whole', async () => {
    const large = await post(chats(), echo('x'.repeat(6_000_000)));
    const larger = await post(chats(), echo('x'.repeat(10_500_000)));

    expect([large.status, larger.status]).toEqual([413, 413]);
    expect(await large.json()).toMatchObject({ error: { code: 'request_too_large' } });
    expect(await larger.json()).toMatchObject({ error: { code: 'request_too_large' } });
  });

  it('answers preflights without a credential, and unknown paths with 404', async () => {
    const preflight = await fetch(chats(), {
      method: 'OPTIONS',
      headers: { origin: 'http://localhost:3000', 'access-control-request-method': 'POST' },
    });
    const nowhere = await fetch(`${platform.url}/v1/nothing`, { headers: DEMO });

    expect(preflight.status).toBe(204);
    expect(preflight.headers.get('access-control-allow-headers')).toContain(
      'x-stainless-retry-count',
    );
    expect(nowhere.status).toBe(404);
    expect(await nowhere.json()).toMatchObject({ error: { code: 'not_found' } });
  });

  it('keeps prompts, keys and tokens out of its log', async () => {
    await post(chats(), echo('my secret is hunter2 and ann@example.com'));
    await post(chats(), '{"model":"simulated/echo","messages":"hunter2');

    const log = platform.lines.join('\n');
    expect(log).toContain('inference finished');
    expect(log).not.toMatch(/hunter2|ann@example|sk-local/);
  });
});

describe('a page from elsewhere', () => {
  it.each([
    { name: 'by its origin', headers: { origin: 'https://evil.example' } },
    { name: 'by a name that points here', headers: { host: 'evil.example:8787' } },
  ])('cannot use the keys everybody knows: $name', async ({ headers }) => {
    const socket = connect(Number(new URL(platform.url).port), '127.0.0.1');
    await once(socket, 'connect');
    const lines = Object.entries({ host: '127.0.0.1', ...DEMO, ...headers }).map(
      ([name, value]) => `${name}: ${value}\r\n`,
    );
    socket.write(`GET /v1/models HTTP/1.1\r\nconnection: close\r\n${lines.join('')}\r\n`);

    const answer = await text(socket);

    expect(answer).toMatch(/^HTTP\/1\.1 403 /);
    expect(answer).not.toContain('simulated/echo');
  });

  it('is let in from this machine', async () => {
    const models = await fetch(`${platform.url}/v1/models`, {
      headers: { ...DEMO, origin: 'http://localhost:3000' },
    });

    expect(models.status).toBe(200);
    expect(models.headers.get('access-control-allow-origin')).toBe('http://localhost:3000');
  });
});

describe('odd addresses', () => {
  it.each(['//', '//evil/v1/models', '/v1/models/..%2f..', '/%', '/v1/models/%zz'])(
    'get an answer in the shape of the OpenAI API: %s',
    async (path) => {
      const socket = connect(Number(new URL(platform.url).port), '127.0.0.1');
      await once(socket, 'connect');
      socket.write(
        `GET ${path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\nauthorization: ${DEMO.authorization}\r\n\r\n`,
      );

      const answer = await text(socket);

      expect(answer).toMatch(/^HTTP\/1\.1 404 /);
      expect(answer).toMatch(/"error":\{"message":/);
    },
  );
});

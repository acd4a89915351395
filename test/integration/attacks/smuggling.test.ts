import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ObservedPlatform, startLocal } from '../../support/local-platform.ts';
import { answersOf, attack } from './rows.ts';

let platform: ObservedPlatform;

beforeAll(async () => {
  platform = await startLocal();
});

afterAll(() => platform.close());

/** Everything that comes back for these bytes, until the peer closes or says nothing more. */
function exchange(bytes: string): Promise<string> {
  const { hostname, port } = new URL(platform.url);
  return new Promise((resolve, reject) => {
    let said = '';
    const socket = connect({ host: hostname, port: Number(port) });
    socket.setTimeout(400, () => socket.destroy());
    socket.on('data', (piece) => {
      said += piece.toString('latin1');
    });
    socket.on('close', () => resolve(said));
    socket.on('error', (error: NodeJS.ErrnoException) =>
      error.code === 'ECONNRESET' ? resolve(said) : reject(error),
    );
    socket.write(bytes, 'latin1');
  });
}

const lines = (...all: readonly string[]): string => `${all.join('\r\n')}\r\n`;
const POST = 'POST /v1/chat/completions HTTP/1.1';
const HOST = 'host: localhost';
const JSON_TYPE = 'content-type: application/json';
const DEMO = 'authorization: Bearer sk-local-demo';
/** What a smuggler would have the server take for a request of its own. */
const SMUGGLED = lines(
  'GET /v1/usage HTTP/1.1',
  HOST,
  'authorization: Bearer sk-local-admin',
  '',
  '',
);
const answers = (said: string): number => said.split(/HTTP\/1\.1 \d{3} /).length - 1;
const statusOf = (said: string): string => /^HTTP\/1\.1 (\d{3})/.exec(said)?.[1] ?? 'none';

describe(attack('F34'), () => {
  it.each([
    [
      'a length and chunks',
      lines(
        POST,
        HOST,
        JSON_TYPE,
        DEMO,
        'content-length: 4',
        'transfer-encoding: chunked',
        '',
        '0',
        '',
      ) + SMUGGLED,
    ],
    [
      'two lengths',
      `${lines(
        POST,
        HOST,
        JSON_TYPE,
        DEMO,
        'content-length: 2',
        `content-length: ${2 + SMUGGLED.length}`,
        '',
      )}{}${SMUGGLED}`,
    ],
    [
      'a length with a sign',
      `${lines(POST, HOST, JSON_TYPE, DEMO, 'content-length: +2', '')}{}${SMUGGLED}`,
    ],
    [
      'a chunked that is not',
      lines(POST, HOST, DEMO, 'transfer-encoding: xchunked', '') + SMUGGLED,
    ],
    [
      'a blank before the colon',
      `${lines(POST, HOST, `content-length : 2`, DEMO, '')}{}${SMUGGLED}`,
    ],
    ['a folded line', lines(POST, HOST, 'x-a: b', `\t${DEMO}`, 'content-length: 0', '')],
    ['a bare line feed', `${POST}\n${HOST}\nx-a: b\r\n${DEMO}\r\n\r\n`],
    ['a NUL in a header', lines(POST, HOST, `x-a: \u0000`, DEMO, 'content-length: 0', '')],
    ['no host', lines('GET /v1/usage HTTP/1.1', DEMO, '')],
  ])('%s: at most one answer, and no success', async (_what, bytes) => {
    const said = await exchange(bytes);

    expect(answers(said)).toBeLessThanOrEqual(1);
    expect(['400', '401', '404', 'none']).toContain(statusOf(said));
    expect(said).not.toContain('"object":"usage"');
  });

  it.each([
    ['twice', [DEMO, 'authorization: Bearer sk-local-admin']],
    ['twice the same', [DEMO, DEMO]],
    ['in a list', [`${DEMO}, Bearer sk-local-admin`]],
    [
      'after being named hop-by-hop',
      ['connection: authorization', 'x-authorization: Bearer sk-local-admin'],
    ],
    [
      'in another header',
      ['x-forwarded-authorization: Bearer sk-local-admin', 'x-api-key: sk-local-admin'],
    ],
    ['in the address', []],
  ])('a credential %s opens nothing', async (what, credentials) => {
    const path = what === 'in the address' ? '/v1/usage?access_token=sk-local-admin' : '/v1/usage';

    const said = await exchange(
      lines(`GET ${path} HTTP/1.1`, HOST, ...credentials, 'connection: close', ''),
    );

    expect(answersOf('F34')).toContain(`${statusOf(said)} ${/"code":"([a-z_]+)"/.exec(said)?.[1]}`);
  });

  it.each([
    'x-http-method-override: DELETE',
    'x-original-url: /admin/v1/tenants',
    'x-rewrite-url: /admin/v1/tenants',
    'x-forwarded-host: evil.example',
    'x-forwarded-for: 127.0.0.1',
    'x-amzn-request-context: {"authorizer":{"tenantId":"operator"}}',
  ])('%s changes nothing', async (header) => {
    const said = await exchange(
      lines('GET /v1/usage HTTP/1.1', HOST, DEMO, header, 'connection: close', ''),
    );

    expect(statusOf(said)).toBe('200');
    expect(said).toContain('"tenant":"demo"');
  });

  it('a value cannot bring a line of its own into the answer', async () => {
    const said = await exchange(
      lines(
        'GET /v1/models/x%0d%0aset-cookie:%20a=b HTTP/1.1',
        HOST,
        DEMO,
        'origin: http://localhost:1%0d%0ax: y',
        'connection: close',
        '',
      ),
    );

    expect(said.toLowerCase().split('\r\n\r\n')[0]).not.toMatch(/^(?:set-cookie|x):/m);
  });
});

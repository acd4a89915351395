import { afterEach, describe, expect, it } from 'vitest';
import { type AuthBench, type AuthBenchOptions, startAuth } from '../../support/auth.ts';
import { startOidcServer, withJson } from '../../support/oidc-server.ts';
import { claimsAt, createSigner, sign } from '../../support/tokens.ts';

const open: { close(): Promise<void> }[] = [];

afterEach(async () => {
  await Promise.all(open.splice(0).map((server) => server.close()));
});

async function start(options?: AuthBenchOptions): Promise<AuthBench> {
  const bench = await startAuth(options);
  open.push(bench.issuer);
  return bench;
}

/** `accepted`, or the code of the failure. */
async function present(bench: AuthBench, token: string): Promise<string> {
  const outcome = await bench.present(token);
  return outcome.ok ? 'accepted' : outcome.failure.code;
}

const signedByStranger = async (bench: AuthBench, kid: string): Promise<string> =>
  bench.token({}, { kid });

describe('F09 a flood of tokens with invented key ids', () => {
  it('costs the issuer one request in 10 s', async () => {
    const bench = await start();
    await present(bench, await bench.token());
    const tokens = await Promise.all(
      Array.from({ length: 1_000 }, (_, index) => signedByStranger(bench, `invented-${index}`)),
    );
    await bench.clock.advance(10_000);

    const refused = await Promise.all(tokens.map((token) => present(bench, token)));
    const again = await Promise.all(tokens.map((token) => present(bench, token)));

    expect(new Set([...refused, ...again])).toEqual(new Set(['invalid_api_key']));
    expect(bench.issuer.keySetRequests()).toBe(2);
  });

  it('keeps nobody else out', async () => {
    const bench = await start();
    const [honest, invented] = await Promise.all([bench.token(), signedByStranger(bench, 'x')]);

    const answers = await Promise.all([present(bench, invented), present(bench, honest)]);

    expect(answers).toEqual(['invalid_api_key', 'accepted']);
  });
});

describe('F09 a key of another issuer', () => {
  it('opens nothing, though it has the same id', async () => {
    const stranger = await createSigner('key-1');
    const strangersIssuer = await startOidcServer(stranger.publicJwk);
    open.push(strangersIssuer);
    const bench = await start();
    const nowMs = bench.clock.nowMs();

    const answers = [
      await present(bench, await sign(stranger, claimsAt(strangersIssuer.url, nowMs))),
      await present(bench, await sign(stranger, claimsAt(bench.issuer.url, nowMs))),
    ];

    expect(answers).toEqual(['invalid_api_key', 'invalid_api_key']);
    expect(strangersIssuer.requests).toEqual([]);
  });
});

describe('F10 an issuer that rotates its keys', () => {
  it('loses no request of either key while both are published', async () => {
    const bench = await start();
    const next = await createSigner('key-2');
    const oldToken = await bench.token();
    const newToken = await sign(next, claimsAt(bench.issuer.url, bench.clock.nowMs()));
    await present(bench, oldToken);
    bench.issuer.publish(bench.signer.publicJwk, next.publicJwk);
    await bench.clock.advance(10_000);

    const answers = await Promise.all(
      Array.from({ length: 100 }, (_, index) =>
        present(bench, index % 2 === 0 ? oldToken : newToken),
      ),
    );

    expect(new Set(answers)).toEqual(new Set(['accepted']));
  });

  it('takes the withdrawn key with it within the hour', async () => {
    const bench = await start();
    const next = await createSigner('key-2');
    const oldToken = await bench.token({ exp: bench.clock.nowMs() / 1000 + 7_200 });
    await present(bench, oldToken);
    bench.issuer.publish(next.publicJwk);
    await bench.clock.advance(3_600_000);

    expect(await present(bench, oldToken)).toBe('invalid_api_key');
  });
});

describe('F10 an issuer in trouble', () => {
  type Answer = Parameters<AuthBench['issuer']['answerKeySet']>[0];

  /** Where there is an answer at all, the good key is in it: only the trouble keeps it out. */
  const troubles: readonly (readonly [string, (good: object) => Answer])[] = [
    ['500', (good) => withJson({ keys: [good] }, 500)],
    ['no keys', () => withJson({ keys: [] })],
    ['what is not JSON', () => (_request, response) => response.end('<html>')],
    ['10 MB', (good) => withJson({ keys: [good], padding: 'x'.repeat(10_000_000) })],
    [
      'a cut answer',
      (good) => (_request, response) =>
        response
          .writeHead(200, { 'content-length': '1000' })
          .write(JSON.stringify({ keys: [good] }), () => response.destroy()),
    ],
    ['nothing at all', () => () => {}],
    [
      'one byte at a time, without end',
      () => (_request, response) => {
        const drip = setInterval(() => response.write(' '), 20);
        response.once('close', () => clearInterval(drip));
      },
    ],
  ];

  it.each(troubles)('goes on with the keys it has when it answers %s', async (_what, answer) => {
    const bench = await start({ timeoutMs: 1_000 });
    const token = await bench.token({ exp: bench.clock.nowMs() / 1000 + 7_200 });
    await present(bench, token);
    bench.issuer.answerKeySet(answer(bench.signer.publicJwk));
    await bench.clock.advance(3_600_000);

    expect(await present(bench, token)).toBe('accepted');
    expect(bench.metrics.values('JwksStaleAge').at(-1)).toBeGreaterThanOrEqual(3_600_000);
  });

  it.each(troubles)('lets nobody in from the start when it answers %s', async (_what, answer) => {
    const bench = await start({ timeoutMs: 1_000 });
    bench.issuer.answerKeySet(answer(bench.signer.publicJwk));
    const cold = bench.restart();

    const outcome = await cold([`Bearer ${await bench.token()}`]);

    expect(outcome).toMatchObject({ ok: false, failure: { code: 'auth_unavailable' } });
    expect(bench.metrics.values('AuthorizationUnavailable')).toEqual([1]);
  });

  it('is not followed to where it redirects', async () => {
    const elsewhere = await startOidcServer();
    open.push(elsewhere);
    const bench = await start();
    elsewhere.publish(bench.signer.publicJwk);
    bench.issuer.answerKeySet((_request, response) => {
      response.writeHead(302, { location: `${elsewhere.url}/jwks.json` }).end();
    });
    const cold = bench.restart();

    const outcome = await cold([`Bearer ${await bench.token()}`]);

    expect(outcome).toMatchObject({ ok: false, failure: { code: 'auth_unavailable' } });
    expect(elsewhere.requests).toEqual([]);
  });

  it('says nothing of tokens in the log', async () => {
    const bench = await start({ timeoutMs: 1_000 });
    bench.issuer.answerKeySet(withJson({}, 500));
    const token = await bench.token();

    await bench.restart()([`Bearer ${token}`]);

    expect(bench.log.lines.join('\n')).not.toContain(token.slice(0, 20));
  });
});

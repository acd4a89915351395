import { describe, expect, it } from 'vitest';
import { JwksCache } from '#adapters/oidc/jwks-cache.ts';
import type { JwksSnapshot, KeySetCopy } from '#core/identity/jwks-snapshot.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '#core/time/clock.ts';
import { settle, TestClock } from '../../../support/test-clock.ts';
import { createSigner } from '../../../support/tokens.ts';

const ISSUER = 'https://issuer.example';
const JWKS_URI = 'https://keys.example/jwks';
const old = (await createSigner('old')).publicJwk;
const fresh = (await createSigner('fresh')).publicJwk;

class MemorySnapshot implements JwksSnapshot {
  copy: KeySetCopy | undefined;
  broken = false;
  loads = 0;

  async load(): Promise<KeySetCopy | undefined> {
    this.loads += 1;
    if (this.broken) throw new Error('the store is down');
    return this.copy;
  }

  async save(copy: KeySetCopy): Promise<void> {
    if (this.broken) throw new Error('the store is down');
    this.copy = copy;
  }
}

function arrange(keys: readonly object[] = [old]) {
  const clock = new TestClock();
  const snapshot = new MemorySnapshot();
  const problems: string[] = [];
  const issuer = { keys, discovery: {}, down: false, fetches: 0 };
  const create = () =>
    new JwksCache({
      issuer: ISSUER,
      clock,
      snapshot,
      onProblem: (message) => problems.push(message),
      fetchJson: async (url) => {
        if (issuer.down) throw new Error('the issuer is down');
        if (url === `${ISSUER}/.well-known/openid-configuration`) {
          return { issuer: ISSUER, jwks_uri: JWKS_URI, ...issuer.discovery };
        }
        issuer.fetches += 1;
        return { keys: issuer.keys };
      },
    });
  return { clock, snapshot, problems, issuer, create, cache: create() };
}

/** `found`, or the code of the failure. */
async function seek(cache: JwksCache, kid: string): Promise<string> {
  const outcome = await cache.find(kid, 'RS256');
  return outcome.ok ? 'found' : outcome.failure.code;
}

describe('the cache of signing keys', () => {
  it('asks the issuer once, however many tokens come first', async () => {
    const { cache, issuer } = arrange();

    const found = await Promise.all(Array.from({ length: 100 }, () => seek(cache, 'old')));

    expect(new Set(found)).toEqual(new Set(['found']));
    expect(issuer.fetches).toBe(1);
  });

  it('refreshes in the background before the keys go stale', async () => {
    const { cache, issuer, clock } = arrange();
    await seek(cache, 'old');
    await clock.advance(50 * MINUTE_MS);
    issuer.keys = [fresh];

    const during = await seek(cache, 'old');
    await settle();

    expect([during, await seek(cache, 'old'), await seek(cache, 'fresh')]).toEqual([
      'found',
      'invalid_api_key',
      'found',
    ]);
    expect(issuer.fetches).toBe(2);
  });

  it('waits for new keys once the old ones are stale', async () => {
    const { cache, issuer, clock } = arrange();
    await seek(cache, 'old');
    await clock.advance(HOUR_MS);
    issuer.keys = [fresh];

    expect(await seek(cache, 'old')).toBe('invalid_api_key');
  });

  it('serves stale keys for a day while the issuer is down, and then none', async () => {
    const { cache, issuer, clock } = arrange();
    await seek(cache, 'old');
    issuer.down = true;
    await clock.advance(DAY_MS - 1);
    const lastMoment = await seek(cache, 'old');
    const { ageMs } = cache.status() ?? {};
    await clock.advance(1);

    expect([lastMoment, ageMs, await seek(cache, 'old')]).toEqual([
      'found',
      DAY_MS - 1,
      'auth_unavailable',
    ]);
  });

  it('works again as soon as the issuer does, 10 s later at most', async () => {
    const { cache, issuer, clock } = arrange();
    issuer.down = true;
    const before = await seek(cache, 'old');
    issuer.down = false;
    await clock.advance(9_999);
    const paused = await seek(cache, 'old');
    await clock.advance(1);

    expect([before, paused, await seek(cache, 'old')]).toEqual([
      'auth_unavailable',
      'auth_unavailable',
      'found',
    ]);
  });

  it('picks up a rotated key at once, or 10 s after it last asked', async () => {
    const { cache, issuer, clock } = arrange();
    await seek(cache, 'old');
    issuer.keys = [old, fresh];
    await clock.advance(9_999);
    const paused = await seek(cache, 'fresh');
    await clock.advance(1);

    expect([paused, await seek(cache, 'fresh')]).toEqual(['invalid_api_key', 'found']);
  });

  it('says it cannot know when an unknown key comes while the issuer is down', async () => {
    const { cache, issuer, clock } = arrange();
    await seek(cache, 'old');
    issuer.down = true;
    await clock.advance(10_000);

    expect([await seek(cache, 'other'), await seek(cache, 'old')]).toEqual([
      'auth_unavailable',
      'found',
    ]);
  });

  it('asks again after a clock was set back', async () => {
    const { cache, issuer, clock } = arrange();
    await seek(cache, 'old');
    issuer.keys = [fresh];
    await clock.advance(-HOUR_MS);

    expect(await seek(cache, 'fresh')).toBe('found');
  });

  it.each([
    ['no keys', { keys: [] }],
    ['no usable key', { keys: [{ kty: 'oct', kid: 'old', k: 'AA' }] }],
    ['another issuer', { discovery: { issuer: 'https://evil.example' } }],
    ['keys over http', { discovery: { jwks_uri: 'http://keys.example/jwks' } }],
    ['keys on our own machine', { discovery: { jwks_uri: 'http://127.0.0.1/jwks' } }],
    ['keys in a file', { discovery: { jwks_uri: 'file:///etc/keys' } }],
  ])('keeps good keys when the issuer comes up with %s', async (_what, changes) => {
    const { cache, issuer, clock, problems } = arrange();
    await seek(cache, 'old');
    Object.assign(issuer, changes);
    await clock.advance(HOUR_MS);

    expect(await seek(cache, 'old')).toBe('found');
    expect(problems).toEqual(['signing keys not fetched']);
  });
});

describe('the snapshot of signing keys', () => {
  it('lets a cold start work while the issuer is down', async () => {
    const { cache, create, issuer, clock } = arrange();
    await seek(cache, 'old');
    issuer.down = true;
    await clock.advance(23 * HOUR_MS);
    const cold = create();

    expect(await seek(cold, 'old')).toBe('found');
    expect(cold.status()).toEqual({ source: 'snapshot', ageMs: 23 * HOUR_MS });
  });

  it('is not believed for longer than a day', async () => {
    const { cache, create, issuer, clock } = arrange();
    await seek(cache, 'old');
    issuer.down = true;
    await clock.advance(DAY_MS);

    expect(await seek(create(), 'old')).toBe('auth_unavailable');
  });

  it('spares the issuer while it is fresh', async () => {
    const { cache, create, issuer } = arrange();
    await seek(cache, 'old');

    expect(await seek(create(), 'old')).toBe('found');
    expect(issuer.fetches).toBe(1);
  });

  it('cannot make itself younger by coming from the future', async () => {
    const { create, snapshot, issuer, clock } = arrange();
    snapshot.copy = { keys: [old], fetchedAtMs: clock.nowMs() + 365 * DAY_MS };
    issuer.down = true;
    const cache = create();
    await seek(cache, 'old');
    await clock.advance(DAY_MS);

    expect(await seek(cache, 'old')).toBe('auth_unavailable');
  });

  it('may be broken or empty: the issuer is asked', async () => {
    const { cache, create, snapshot, clock } = arrange();
    snapshot.broken = true;
    const broken = await seek(cache, 'old');
    await clock.advance(10_000);
    snapshot.broken = false;
    snapshot.copy = { keys: [], fetchedAtMs: clock.nowMs() };

    expect([broken, await seek(create(), 'old')]).toEqual(['found', 'found']);
  });

  it('is asked once in 10 s while nothing else is known', async () => {
    const { cache, snapshot, issuer, clock } = arrange();
    issuer.down = true;
    await Promise.all(Array.from({ length: 50 }, () => seek(cache, 'old')));
    const first = snapshot.loads;
    await clock.advance(10_000);
    await seek(cache, 'old');

    expect([first, snapshot.loads]).toEqual([1, 2]);
  });
});

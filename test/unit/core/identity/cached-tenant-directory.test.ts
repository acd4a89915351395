import { describe, expect, it } from 'vitest';
import { CachedTenantDirectory } from '#core/identity/cached-tenant-directory.ts';
import type { Tenant } from '#core/identity/caller.ts';
import type { LookupCacheOptions } from '#core/identity/lookup-cache.ts';
import { TestClock } from '../../../support/test-clock.ts';

const ACME: Tenant = {
  id: 'acme',
  name: 'Acme',
  status: 'active',
  limits: {},
  bodies: 'redacted',
  version: 1,
};

/** A store that counts what it is asked and can be down. */
function setUp(options: LookupCacheOptions = {}) {
  const clock = new TestClock();
  const store = { asked: [] as string[], tenants: new Map([['acme', ACME]]), down: false };
  const look = async <T>(name: string, found: T): Promise<T> => {
    store.asked.push(name);
    if (store.down) throw new Error('the table is down');
    return found;
  };
  const cached = new CachedTenantDirectory(
    {
      tenant: (id) => look(id, store.tenants.get(id)),
      keyByHash: (hash) => look(hash, undefined),
      tenantOfClient: (id) => look(id, 'acme'),
    },
    clock,
    options,
  );
  return { cached, clock, store };
}

describe('CachedTenantDirectory', () => {
  it('asks again only after fifteen seconds', async () => {
    const { cached, clock, store } = setUp();
    await cached.tenant('acme');
    await clock.advance(14_999);
    await cached.tenant('acme');
    store.tenants.set('acme', { ...ACME, status: 'suspended' });

    await clock.advance(1);
    const tenant = await cached.tenant('acme');

    expect(tenant?.status).toBe('suspended');
    expect(store.asked).toHaveLength(2);
  });

  it('believes for five seconds only that there is none', async () => {
    const { cached, clock, store } = setUp();
    await cached.tenant('new');
    await clock.advance(4_999);
    await cached.tenant('new');
    store.tenants.set('new', { ...ACME, id: 'new' });

    await clock.advance(1);

    expect(await cached.tenant('new')).toMatchObject({ id: 'new' });
    expect(store.asked).toHaveLength(2);
  });

  it('asks once for many who ask at the same time', async () => {
    const { cached, store } = setUp();

    const answers = await Promise.all(Array.from({ length: 20 }, () => cached.tenant('acme')));

    expect(answers).toEqual(answers.map(() => ACME));
    expect(store.asked).toEqual(['acme']);
  });

  it('stands in for a store that is down, for up to an hour', async () => {
    const { cached, clock, store } = setUp();
    await cached.tenant('acme');
    store.down = true;

    await clock.advance(59 * 60_000);
    expect(await cached.tenant('acme')).toEqual(ACME);

    await clock.advance(60_000);
    await expect(cached.tenant('acme')).rejects.toMatchObject({ code: 'config_unavailable' });
  });

  it('does not ask a store that has just failed for every request', async () => {
    const { cached, clock, store } = setUp();
    await cached.tenant('acme');
    store.down = true;
    await clock.advance(20_000);

    await cached.tenant('acme');
    await cached.tenant('acme');
    await clock.advance(1_000);
    await cached.tenant('acme');

    expect(store.asked).toHaveLength(3);
  });

  it('learns what has changed as soon as the store is back', async () => {
    const { cached, clock, store } = setUp();
    await cached.tenant('acme');
    store.down = true;
    await clock.advance(20_000);
    await cached.tenant('acme');
    store.down = false;
    store.tenants.delete('acme');

    await clock.advance(1_000);

    expect(await cached.tenant('acme')).toBeUndefined();
  });

  it('fails closed when the store is down and it has never known better', async () => {
    const { cached, store } = setUp();
    store.down = true;

    await expect(cached.keyByHash('ab')).rejects.toMatchObject({ code: 'config_unavailable' });
  });

  it('keeps no failure: the next to ask gets an answer', async () => {
    const { cached, store } = setUp();
    store.down = true;
    await cached.tenantOfClient('app').catch(() => undefined);
    store.down = false;

    expect(await cached.tenantOfClient('app')).toBe('acme');
  });

  it('holds no more than it may, and guessing evicts nobody', async () => {
    const { cached, store } = setUp({ entries: 2 });
    await cached.tenant('acme');
    for (const guess of ['a', 'b', 'c']) await cached.tenant(guess);
    store.asked.length = 0;

    await cached.tenant('acme');
    await cached.tenant('c');
    await cached.tenant('a');

    expect(store.asked).toEqual(['a']);
  });
});

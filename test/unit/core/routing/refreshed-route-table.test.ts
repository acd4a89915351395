import { describe, expect, it } from 'vitest';
import { RefreshedRouteTable } from '#core/routing/refreshed-route-table.ts';
import type { LoadedOverrides } from '#core/routing/route-overrides.ts';
import { aRoute, aTarget } from '../../../support/inference.ts';
import { TestClock } from '../../../support/test-clock.ts';

const route = (name: string, description: string) =>
  aRoute([aTarget('bedrock')], { name, description });

const NONE: LoadedOverrides = { routes: [], malformed: [] };

/** A table over two bundled routes, and what it is told and tells. */
function setUp() {
  const clock = new TestClock();
  const store = { overrides: NONE, loads: 0, down: false };
  const problems: (string | undefined)[] = [];
  const table = new RefreshedRouteTable({
    bundled: [route('chat', 'bundled'), route('other', 'bundled')],
    overrides: {
      load: async () => {
        store.loads += 1;
        if (store.down) throw new Error('the table is down');
        return store.overrides;
      },
    },
    clock,
    onProblem: ({ name }) => problems.push(name),
  });
  const describeAfterRefresh = async (name: string) => {
    await clock.advance(5_000);
    table.route(name);
    await clock.advance(0);
    return table.route(name)?.description;
  };
  return { table, clock, store, problems, describeAfterRefresh };
}

describe('RefreshedRouteTable', () => {
  it('serves the bundled routes at once, and the override from the next request on', async () => {
    const { table, clock, store } = setUp();
    store.overrides = { ...NONE, routes: [route('chat', 'override')] };

    const first = table.route('chat')?.description;
    await clock.advance(0);

    expect([first, table.route('chat')?.description]).toEqual(['bundled', 'override']);
  });

  it('loads at most every five seconds, however often it is asked', async () => {
    const { table, clock, store } = setUp();

    for (let second = 0; second < 11; second += 1) {
      table.route('chat');
      table.all();
      await clock.advance(1_000);
    }

    expect(store.loads).toBe(3);
  });

  it('adds routes the bundle does not have, and drops them when they go', async () => {
    const { table, store, describeAfterRefresh } = setUp();
    store.overrides = { ...NONE, routes: [route('new', 'override')] };

    expect(await describeAfterRefresh('new')).toBe('override');
    expect(table.all().map(({ name }) => name)).toEqual(['chat', 'other', 'new']);

    store.overrides = NONE;
    expect(await describeAfterRefresh('new')).toBeUndefined();
  });

  it('keeps what it loaded last while the store is down', async () => {
    const { store, problems, describeAfterRefresh } = setUp();
    store.overrides = { ...NONE, routes: [route('chat', 'override')] };
    await describeAfterRefresh('chat');
    store.down = true;

    expect(await describeAfterRefresh('chat')).toBe('override');
    expect(problems).toEqual([undefined]);
  });

  it('keeps a route as it was when its override turns malformed, and says so once', async () => {
    const { store, problems, describeAfterRefresh } = setUp();
    store.overrides = { ...NONE, routes: [route('chat', 'override')] };
    await describeAfterRefresh('chat');
    store.overrides = {
      routes: [],
      malformed: ['chat', 'other', 'unknown'].map((name) => ({ name, cause: new Error('no') })),
    };

    expect(await describeAfterRefresh('chat')).toBe('override');
    expect(await describeAfterRefresh('other')).toBe('bundled');
    expect(await describeAfterRefresh('unknown')).toBeUndefined();
    expect(problems).toEqual(['chat', 'other', 'unknown']);
  });

  it('never has two loads under way', async () => {
    const { table, clock, store } = setUp();
    const { promise, resolve } = withResolver();
    const slow = new RefreshedRouteTable({
      bundled: table.all(),
      overrides: {
        load: async () => {
          store.loads += 1;
          await promise;
          return NONE;
        },
      },
      clock,
      onProblem: () => {},
    });
    store.loads = 0;
    slow.route('chat');
    await clock.advance(60_000);
    slow.route('chat');

    expect(store.loads).toBe(1);
    resolve();
  });
});

function withResolver(): { readonly promise: Promise<void>; readonly resolve: () => void } {
  let resolve = (): void => {};
  const promise = new Promise<void>((done) => {
    resolve = done;
  });
  return { promise, resolve };
}

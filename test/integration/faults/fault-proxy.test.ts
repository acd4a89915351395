import { get } from 'node:http';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  type FakeProvider,
  startFakeProvider,
  staysSilent,
  writes,
} from '../../support/fake-provider.ts';
import { type FaultProxy, startFaultProxy } from '../../support/fault-proxy.ts';
import { answerInstead, cutAfter, delay, hang, loseAnswer, refuse } from '../../support/faults.ts';

const PIECES = ['one, ', 'two, ', 'three'];

let server: FakeProvider;
let proxy: FaultProxy;

beforeEach(async () => {
  server = await startFakeProvider({ otherwise: writes(PIECES, { contentType: 'text/plain' }) });
  proxy = await startFaultProxy(server.url);
});

afterEach(async () => {
  await proxy.close();
  await server.close();
});

/** What arrived, and whether the answer ended as it should. */
async function read(path = '/'): Promise<{ text: string; whole: boolean }> {
  let text = '';
  try {
    const response = await fetch(`${proxy.url}${path}`, { method: 'POST', body: 'asked' });
    for await (const chunk of response.body ?? []) text += Buffer.from(chunk).toString();
    return { text, whole: true };
  } catch (thrown) {
    if (!(thrown instanceof TypeError)) throw thrown;
    return { text, whole: false };
  }
}

const ALL = { text: PIECES.join(''), whole: true };

describe('a fault proxy', () => {
  it('passes everything on and remembers it', async () => {
    expect(await read('/some?thing')).toEqual(ALL);

    expect(server.requests[0]).toMatchObject({ path: '/some?thing', body: 'asked' });
    const [exchange] = proxy.exchanges;
    expect(exchange?.request).toMatchObject({ method: 'POST', path: '/some?thing' });
    expect(exchange?.request.body.toString()).toBe('asked');
    expect(exchange?.given.toString()).toBe(ALL.text);
    expect(exchange?.forwarded).toBe(true);
  });

  it.each([
    ['refuse', refuse, 0, { text: '', whole: false }],
    ['loseAnswer', loseAnswer, 1, { text: '', whole: false }],
    ['delay', delay(5), 1, ALL],
    ['answerInstead', answerInstead(200, 'no'), 0, { text: 'no', whole: true }],
    ['cutAfter bytes', cutAfter({ bytes: 7 }), 1, { text: 'one, tw', whole: false }],
  ])('%s does as it says, and is healed', async (_name, fault, forwarded, expected) => {
    proxy.arm(fault);

    expect(await read()).toEqual(expected);
    expect(server.requests).toHaveLength(forwarded);
    proxy.heal();
    expect(await read()).toEqual(ALL);
  });

  it('cuts after chunks as the network brought them', async () => {
    proxy.arm(cutAfter({ chunks: 1 }));

    const { text, whole } = await read();

    expect(whole).toBe(false);
    expect(text).not.toBe('');
    expect(ALL.text.startsWith(text)).toBe(true);
  });

  it('hangs until it is closed', async () => {
    proxy.arm(hang);
    const reading = read();

    await expect.poll(() => proxy.exchanges.length).toBe(1);
    expect(proxy.exchanges[0]?.over).toBe(false);
    await proxy.close();

    expect(await reading).toEqual({ text: '', whole: false });
    proxy = await startFaultProxy(server.url);
  });

  it('hits only what matches, only so many times, and the latest fault first', async () => {
    proxy.arm(answerInstead(200, 'always'));
    proxy.arm(refuse, { when: ({ path }) => path === '/here', times: 1 });

    expect([await read('/there'), await read('/here'), await read('/here')]).toEqual([
      { text: 'always', whole: true },
      { text: '', whole: false },
      { text: 'always', whole: true },
    ]);
  });

  it('lets the dependency know when the caller has gone', async () => {
    server.behave(staysSilent());
    const asking = get(proxy.url);
    asking.on('error', () => {});
    await expect.poll(() => server.requests.length).toBe(1);

    asking.destroy();
    await server.requests[0]?.dropped;
    await expect.poll(() => proxy.exchanges[0]?.over).toBe(true);
  });
});

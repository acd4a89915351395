import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  ADMIN,
  type ObservedPlatform,
  post,
  startLocal,
  TINY,
  user,
} from '../../support/local-platform.ts';
import { answersOf, attack } from './rows.ts';

let platform: ObservedPlatform;
let fetched = 0;
const trap = createServer((_request, response) => {
  fetched += 1;
  response.end('secret');
});
let trapUrl = '';

beforeAll(async () => {
  platform = await startLocal();
  await new Promise<void>((resolve) => trap.listen(0, '127.0.0.1', resolve));
  trapUrl = `http://127.0.0.1:${(trap.address() as AddressInfo).port}/latest/meta-data`;
});

afterAll(async () => {
  trap.close();
  await platform.close();
});

async function answerTo(body: unknown, headers = TINY): Promise<string> {
  const answer = await post(`${platform.url}/v1/chat/completions`, body, headers);
  const { error } = (await answer.json()) as { error?: { code: string } };
  return `${answer.status} ${error?.code}`;
}

async function used(): Promise<unknown> {
  const answer = await fetch(`${platform.url}/v1/usage`, { headers: TINY });
  const { requests, tokens } = (await answer.json()) as Record<string, unknown>;
  return { requests, tokens };
}

const asks = (more: object) => ({ model: 'simulated/echo', messages: user('x'), ...more });

describe(attack('F27'), () => {
  it.each<[string, unknown]>([
    ['n of 128', asks({ n: 128 })],
    ['no n at all', asks({ n: 0 })],
    ['max_tokens of a billion', asks({ max_tokens: 1e9, n: 8 })],
    ['negative max_tokens', asks({ max_tokens: -1 })],
    ['infinite max_tokens', `{"model":"simulated/echo","messages":[],"max_tokens":1e400}`],
    ['max_tokens that are not whole', asks({ max_tokens: 1.5 })],
    ['max_tokens past 2^53', asks({ max_tokens: 2 ** 60 })],
    ['max_tokens as text', asks({ max_tokens: '10' })],
    ['logprobs', asks({ logprobs: true, top_logprobs: 20 })],
    ['best_of', asks({ best_of: 20 })],
    ['10,000 stop strings', asks({ stop: Array.from({ length: 10_000 }, () => 'x') })],
    [
      '5,000 tools',
      asks({
        tools: Array.from({ length: 5_000 }, (_, index) => ({
          type: 'function',
          function: { name: `f${index}`, parameters: {} },
        })),
      }),
    ],
    [
      'a bias on every token',
      asks({ logit_bias: Object.fromEntries(Array.from({ length: 2_000 }, (_, id) => [id, 100])) }),
    ],
    ['no messages', asks({ messages: [] })],
    ['a temperature of -1', asks({ temperature: -1 })],
  ])('%s is refused, and nothing is reserved', async (_what, body) => {
    const before = await used();

    expect(answersOf('F27')).toContain(await answerTo(body));
    expect(await used()).toEqual(before);
  });
});

describe(attack('F33'), () => {
  it.each([
    () => trapUrl,
    () => trapUrl.replace('127.0.0.1', 'localhost'),
    () => trapUrl.replace('127.0.0.1', '[::ffff:127.0.0.1]'),
    () => trapUrl.replace('127.0.0.1', '2130706433'),
    () => trapUrl.replace('http:', 'HTTP:'),
    () => 'http://169.254.169.254/latest/meta-data/iam/security-credentials/',
    () => 'http://[fd00:ec2::254]/latest/meta-data/',
    () => 'https://example.com/cat.png',
    () => 'file:///etc/passwd',
    () => 'gopher://127.0.0.1:6379/_INFO',
    () => 'data:text/html;base64,PGI+',
    () => 'data:image/png;base64,not base64!',
    () => ' data:image/png;base64,AAAA',
    () => '//127.0.0.1/x',
  ])('is refused and never fetched: %o', async (urlOf) => {
    const content = [
      { type: 'text', text: 'what is this?' },
      { type: 'image_url', image_url: { url: urlOf() } },
    ];

    const answer = await answerTo(asks({ messages: [{ role: 'user', content }] }), ADMIN);

    expect(answersOf('F33')).toContain(answer);
    expect(fetched).toBe(0);
  });

  it('has a trap that would tell', async () => {
    await fetch(trapUrl);

    expect(fetched).toBe(1);
    fetched = 0;
  });
});

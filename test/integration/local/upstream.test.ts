import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ObservedPlatform, post, startLocal, user } from '../../support/local-platform.ts';

let behind: ObservedPlatform;
let platform: ObservedPlatform;

beforeAll(async () => {
  // The platform itself is an OpenAI-compatible server: one serves the other.
  behind = await startLocal();
  platform = await startLocal({ upstream: behind.url, upstreamApiKey: 'sk-local-demo' });
});

afterAll(async () => {
  await platform.close();
  await behind.close();
});

describe('--upstream', () => {
  it('offers the models of the server behind, and serves them first on the default route', async () => {
    const models = await (
      await fetch(`${platform.url}/v1/models`, {
        headers: { authorization: 'Bearer sk-local-demo' },
      })
    ).json();
    const model = 'upstream/simulated/echo';

    const answer = await post(`${platform.url}/v1/chat/completions`, {
      model,
      messages: user('hi'),
    });
    const first = await post(`${platform.url}/v1/chat/completions`, {
      model: 'chat-default',
      messages: user('hi'),
      max_tokens: 20,
    });

    expect((models as { data: { id: string }[] }).data.map(({ id }) => id)).toContain(model);
    expect(answer.headers.get('x-ballast-model')).toBe(model);
    expect(await answer.json()).toMatchObject({ choices: [{ message: { content: 'hi' } }] });
    expect(first.headers.get('x-ballast-model')).toBe('upstream/chat-default');
  });

  it('refuses an upstream that wants a key we do not have', async () => {
    await expect(startLocal({ upstream: `${behind.url}/v1` })).rejects.toThrow(
      /answered 401 .*BALLAST_UPSTREAM_API_KEY/,
    );
  });
});

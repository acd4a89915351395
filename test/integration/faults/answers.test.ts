import { expect, it } from 'vitest';
import { describeRow, rowIn } from '../../support/describe-row.ts';
import { openAiFixtures } from '../../support/fake-openai.ts';
import { answers } from '../../support/fake-provider.ts';
import { answerInstead, wrongShapes } from '../../support/faults.ts';
import { faultRows } from './rows.ts';

const good = JSON.parse(openAiFixtures.answer);
const choice = good.choices[0];
const { usage: _usage, ...withoutUsage } = good;
const saying = (message: object, finish_reason: unknown = 'stop') => ({
  ...good,
  choices: [{ ...choice, message, finish_reason }],
});

describeRow(rowIn(faultRows, 'F22'), ({ start, expectAnswer }) => {
  it.each([
    ['no usage', withoutUsage],
    ['usage of null', { ...good, usage: null }],
    ['usage in words', { ...good, usage: { prompt_tokens: 'many', completion_tokens: 'few' } }],
    ['negative usage', { ...good, usage: { prompt_tokens: -1, completion_tokens: 3 } }],
  ])('%s: estimated, and flagged so', async (_what, body) => {
    const bench = await start();
    bench.firstServer.behave(answers(body));

    const answer = await bench.ask();

    expectAnswer(answer);
    const { completion } = (await bench.lastRecord()) ?? {};
    expect(completion?.usage?.source).toBe('estimated');
    expect(completion?.usage?.usage.completion_tokens).toBeGreaterThan(0);
    expect(JSON.parse(answer.text).usage.usage_source).toBe('estimated');
  });

  it.each([
    ['no choices', { ...good, choices: [] }],
    ['choices of null', { ...good, choices: null }],
    ['an empty message', saying({ role: 'assistant', content: null }, 'banana')],
    ['no message', { ...good, choices: [{ ...choice, message: undefined }] }],
    ['an error in place of an answer', { error: { message: 'sorry', code: 500 } }],
  ])('%s: refused', async (_what, body) => {
    const bench = await start({ route: { maxAttempts: 1 } });
    bench.firstServer.behave(answers(body));

    const answer = await bench.ask();

    if ('error' in body)
      expect([answer.status, answer.code]).toEqual([503, 'provider_unavailable']);
    else expectAnswer(answer, 'provider_invalid_response');
  });

  it.each(Object.entries(wrongShapes))('%s: refused, streamed and not', async (_what, fault) => {
    const bench = await start({ route: { maxAttempts: 1 } });
    bench.first.arm(fault);
    bench.bedrock.arm(fault);

    for (const model of ['chat', 'bedrock']) {
      for (const stream of [false, true]) {
        expectAnswer(await bench.ask({ model, stream }), 'provider_invalid_response');
      }
    }
    expect(await bench.usedTokens()).toBe(0);
  });

  it('a page of HTML with status 502: refused as unavailable, and the page is not shown', async () => {
    const bench = await start({ route: { maxAttempts: 1 } });
    bench.first.arm(answerInstead(502, openAiFixtures.errorPage, { 'content-type': 'text/html' }));

    const answer = await bench.ask();

    expect([answer.status, answer.code]).toEqual([503, 'provider_unavailable']);
    expect(answer.text).not.toContain('<html');
  });
});

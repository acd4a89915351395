import { gzipSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { describeRow, type RowBench, rowIn } from '../../support/describe-row.ts';
import { faultRows } from './rows.ts';

const deep = (depth: number): string => `${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`;
const chatWith = (rest: string): string =>
  `{"model":"chat","messages":[{"role":"user","content":"hi"}],"max_tokens":5${rest}}`;

describeRow(rowIn(faultRows, 'F01'), ({ start, expectAnswer, expectUnnoticed }) => {
  it.each([
    ['nothing', '', {}, 'invalid_json'],
    ['half an object', '{"model":"chat",', {}, 'invalid_json'],
    ['a list', '[]', {}, 'invalid_json'],
    ['a word', '"chat"', {}, 'invalid_json'],
    ['NaN', '{"model":NaN}', {}, 'invalid_json'],
    [
      'a form',
      'model=chat',
      { 'content-type': 'application/x-www-form-urlencoded' },
      'invalid_json',
    ],
    ['10,000 levels', deep(10_000), {}, 'invalid_json'],
    ['10,000 levels of a list', '['.repeat(10_000), {}, 'invalid_json'],
    ['__proto__', chatWith(',"__proto__":{"polluted":true}'), {}, 'unsupported_parameter'],
    [
      'constructor',
      chatWith(',"constructor":{"prototype":{"polluted":true}}'),
      {},
      'unsupported_parameter',
    ],
  ])('%s is refused', async (_what, body, headers, code) => {
    const bench = await start();

    const answer = await bench.ask({ body, headers });

    expectAnswer(answer, code);
    expect(bench.modelCalls()).toEqual([]);
    expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false);
    expect((await bench.lastRecord())?.completion).toMatchObject({
      outcome: 'refused',
      failure: code,
    });
  });

  it('of two equal keys the last one counts', async () => {
    const bench = await start();

    const answer = await bench.ask({ body: chatWith(',"model":"nobody","model":"chat"') });

    expectUnnoticed(answer);
    expect(bench.modelCalls()).toHaveLength(1);
  });
});

const large = (bytes: number): string =>
  JSON.stringify({ model: 'chat', messages: [{ role: 'user', content: 'x'.repeat(bytes) }] });

function itHoldsItsLimits({ start, expectAnswer }: RowBench): void {
  it.each([4_500_000, 7_000_000, 11_000_000])('%d bytes are refused whole', async (bytes) => {
    const bench = await start();

    const answer = await bench.ask({ body: large(bytes) });

    expectAnswer(answer, 'request_too_large');
    expect(bench.modelCalls()).toEqual([]);
    expect(await bench.usedTokens()).toBe(0);
  });

  it('a compressed body is refused, not inflated', async () => {
    const bench = await start();
    const bomb = gzipSync(Buffer.alloc(100_000_000));

    const answer = await bench.ask({ body: bomb, headers: { 'content-encoding': 'gzip' } });

    expectAnswer(answer, 'invalid_json');
    expect(answer.text).toContain('content-encoding');
    expect(bench.modelCalls()).toEqual([]);
  });
}

describeRow(rowIn(faultRows, 'F02'), itHoldsItsLimits);

// The local edge has no firewall: what is refused here is refused by the gateway and its edge alone.
describeRow(rowIn(faultRows, 'D21'), itHoldsItsLimits);

import { expect, it } from 'vitest';
import { framesIn, saidIn } from '../../support/client-answer.ts';
import { describeRow, type RowBench, rowIn } from '../../support/describe-row.ts';
import { encodeEvent, streamsBytes, streamsEvents } from '../../support/fake-bedrock.ts';
import { DONE, finishFrame, saysFrame, streams } from '../../support/fake-openai.ts';
import type { Behaviour } from '../../support/fake-provider.ts';
import { cutAfter } from '../../support/faults.ts';
import { faultRows } from './rows.ts';

const TEXT = 'Once upon a time there was a gateway. ';
const begun = [saysFrame(TEXT)];
const halfACharacter = Buffer.from(saysFrame('caf\u00e9')).subarray(0, -40);

/** Events of Bedrock until something has been said. */
const bedrockBegun = [
  { type: 'messageStart', body: { role: 'assistant' } },
  { type: 'contentBlockDelta', body: { contentBlockIndex: 0, delta: { text: TEXT } } },
];

async function itEndsInBand(
  { start, expectAnswer }: RowBench,
  { model, behaviour, code }: { model: string; behaviour: Behaviour; code: string },
): Promise<void> {
  const bench = await start();
  bench.firstServer.behave(behaviour);
  bench.bedrockServer.behave(behaviour);

  const answer = await bench.ask({ model, stream: true });

  expectAnswer(answer, code);
  expect(answer.whole).toBe(true);
  expect(framesIn(answer)).not.toContain('[DONE]');
  expect(framesIn(answer).slice(0, -1).join('')).not.toContain('finish_reason":"');
  expect(saidIn({ ...answer, text: answer.text.replace(/data: \{"error".*$/s, '') })).toBe(TEXT);
  expect(bench.modelCalls()).toHaveLength(1);
  expect((await bench.lastRecord())?.completion).toMatchObject({
    outcome: 'partial',
    failure: code,
    usage: { source: 'estimated' },
  });
}

describeRow(rowIn(faultRows, 'F21'), (row) => {
  it.each([
    ['reset', streams(begun, 'reset'), 'stream_interrupted'],
    ['ended without a finish', streams(begun), 'stream_truncated'],
    ['ended by [DONE] without a finish', streams([...begun, DONE]), 'stream_truncated'],
    ['cut within a character', streams([...begun, halfACharacter]), 'stream_truncated'],
    ['not JSON', streams([...begun, 'data: {"choices":[{\n\n']), 'stream_interrupted'],
    ['of another shape', streams([...begun, 'data: [1,2,3]\n\n', DONE]), 'stream_interrupted'],
    [
      'an error in its midst',
      streams([...begun, 'data: {"error":{"message":"CUDA out of memory"}}\n\n']),
      'stream_interrupted',
    ],
  ])('%s: told in-band', (_what, behaviour, code) =>
    itEndsInBand(row, { model: 'chat-fallback', behaviour, code }),
  );

  it('cut by the network after any number of bytes: never a half frame', async () => {
    const { start, expectAnswer } = row;
    const whole = Buffer.from([...begun, saysFrame('And it held.'), finishFrame()].join(''));
    const bench = await start();
    for (let bytes = saysFrame(TEXT).length; bytes < whole.length - 80; bytes += 17) {
      bench.firstServer.behave(streams([whole]));
      bench.first.heal();
      bench.first.arm(cutAfter({ bytes }));

      const answer = await bench.ask({ stream: true, headers: { 'x-bytes': `${bytes}` } });

      if (answer.status === 200) expectAnswer(answer, 'stream_interrupted');
      // Enough of them, and the circuit opens.
      else expect(answer.code).toBe('circuit_open');
    }
  });
});

describeRow(rowIn(faultRows, 'D10'), (row) => {
  it.each([
    ['reset', streamsEvents(bedrockBegun, 'reset'), 'stream_interrupted'],
    [
      'failed by its model',
      streamsEvents([
        ...bedrockBegun,
        { type: 'modelStreamErrorException', exception: true, body: { message: 'no' } },
      ]),
      'stream_interrupted',
    ],
    [
      'not an event',
      streamsBytes([
        ...bedrockBegun.map(encodeEvent),
        Buffer.from('<html>this is no event</html>'),
      ]),
      'stream_interrupted',
    ],
  ])('%s: told in-band', (_what, behaviour, code) =>
    itEndsInBand(row, { model: 'bedrock-fallback', behaviour, code }),
  );

  it('a whole answer that breaks off: refused', async () => {
    const { start, expectAnswer } = row;
    const bench = await start({ route: { maxAttempts: 1 } });
    bench.bedrock.arm(cutAfter({ bytes: 60 }));

    expectAnswer(await bench.ask({ model: 'bedrock' }), 'provider_invalid_response');
  });
});

// A model that has its answer ready: 1.1 KB of JSON, or the same text as SSE, half of its 40 chunks at
// once and half a little later, so that the first text can be told from the last.
import { serve, textOf } from './serve.ts';

const WORDS =
  'the crew keeps the ballast low so that the ship stands upright when the wind comes round and nobody on deck has to think of it '.split(
    /(?<= )/,
  );
const CHUNKS = 40;
const PAUSE_MS = 5;

const pieces = Array.from({ length: CHUNKS }, (_, index) =>
  Array.from({ length: 4 }, (_, word) => WORDS[(index * 4 + word) % WORDS.length]).join(''),
);
const usage = { prompt_tokens: 1_000, completion_tokens: 200, total_tokens: 1_200 };
const head = { id: 'chatcmpl-bench', created: 1_763_856_000, model: 'm' };

const answer = JSON.stringify({
  ...head,
  object: 'chat.completion',
  choices: [
    {
      index: 0,
      message: { role: 'assistant', content: pieces.join(''), refusal: null },
      logprobs: null,
      finish_reason: 'stop',
    },
  ],
  usage,
});

const chunk = (delta: object, finishReason: string | null = null): string =>
  `data: ${JSON.stringify({
    ...head,
    object: 'chat.completion.chunk',
    choices: [{ index: 0, delta, logprobs: null, finish_reason: finishReason }],
  })}\n\n`;

const texts = pieces.map((content) => chunk({ content }));
const firstHalf = [chunk({ role: 'assistant', content: '' }), ...texts.slice(0, CHUNKS / 2)].join(
  '',
);
const secondHalf = [
  ...texts.slice(CHUNKS / 2),
  chunk({}, 'stop'),
  `data: ${JSON.stringify({ ...head, object: 'chat.completion.chunk', choices: [], usage })}\n\n`,
  'data: [DONE]\n\n',
].join('');

serve(async (incoming, response) => {
  const streamed = (await textOf(incoming)).includes('"stream":true');
  if (streamed) {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.write(firstHalf);
    setTimeout(() => response.end(secondHalf), PAUSE_MS);
    return;
  }
  response.writeHead(200, {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(answer),
  });
  response.end(answer);
});

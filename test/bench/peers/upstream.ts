// A model that has its answer ready: 1.1 KB of JSON, or the same as SSE, each chunk with its times of
// sending in it. How long it waits, and what it says, is for the bench to tell.
import type { ServerResponse } from 'node:http';
import { setTimeout as pause, setImmediate as soon } from 'node:timers/promises';
import { monotonicUs, writeStamp } from '../load/stamp.ts';
import { serve, textOf } from './serve.ts';
import { CHUNKS, type StreamText, textOfChunk } from './stream-text.ts';

export interface UpstreamConduct {
  /** Before a whole answer. */
  readonly delayMs: number;
  /** From one chunk of a stream to the next; 0 sends each as soon as the one before is written. */
  readonly paceMs: number;
  readonly text: StreamText;
}

let conduct: UpstreamConduct = { delayMs: 0, paceMs: 0, text: 'prose' };

const usage = { prompt_tokens: 1_000, completion_tokens: 200, total_tokens: 1_200 };
const head = { id: 'chatcmpl-bench', created: 1_763_856_000, model: 'm' };

const answer = JSON.stringify({
  ...head,
  object: 'chat.completion',
  choices: [
    {
      index: 0,
      message: {
        role: 'assistant',
        content: Array.from({ length: CHUNKS }, (_, chunk) => textOfChunk.prose(chunk)).join(' '),
        refusal: null,
      },
      logprobs: null,
      finish_reason: 'stop',
    },
  ],
  usage,
});

const frame = (rest: object): string =>
  `data: ${JSON.stringify({ ...head, object: 'chat.completion.chunk', ...rest })}\n\n`;

const chunkOf = (delta: object, finishReason: string | null = null): string =>
  frame({ choices: [{ index: 0, delta, logprobs: null, finish_reason: finishReason }] });

/** As models send it: a space before, none behind. */
function contentOf(chunk: number, text: string): string {
  const sentUs = monotonicUs();
  const stamp = (place: 'first' | 'last'): string => writeStamp({ place, chunk, sentUs });
  return chunkOf({ content: ` ${stamp('first')} ${text} ${stamp('last')}` });
}

async function stream(response: ServerResponse, { paceMs, text }: UpstreamConduct): Promise<void> {
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  response.write(chunkOf({ role: 'assistant', content: '' }));
  const startedMs = performance.now();
  for (let chunk = 0; chunk < CHUNKS && !response.destroyed; chunk += 1) {
    const dueMs = startedMs + chunk * paceMs;
    await (paceMs === 0 ? soon() : pause(dueMs - performance.now()));
    response.write(contentOf(chunk, textOfChunk[text](chunk)));
  }
  response.write(chunkOf({}, 'stop'));
  response.write(frame({ choices: [], usage }));
  response.end('data: [DONE]\n\n');
}

serve(
  async (incoming, response) => {
    const streamed = (await textOf(incoming)).includes('"stream":true');
    const current = conduct;
    if (streamed) return stream(response, current);
    if (current.delayMs > 0) await pause(current.delayMs);
    response.writeHead(200, {
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(answer),
    });
    response.end(answer);
  },
  (order) => {
    conduct = order as UpstreamConduct;
  },
);

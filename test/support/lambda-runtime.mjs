// Runs a bundled handler as Lambda's Node runtime would: streaming global, prelude, one event after
// another. Started as a process of its own; talks JSON lines with its parent.

import { createInterface } from 'node:readline';
import { PassThrough } from 'node:stream';

const PRELUDE_END = Buffer.alloc(8);

globalThis.awslambda = {
  streamifyResponse: (handler) => Object.assign(handler, { streams: true }),
  HttpResponseStream: {
    from(stream, metadata) {
      const write = stream.write.bind(stream);
      let started = false;
      stream.write = (...args) => {
        if (!started) {
          started = true;
          write(JSON.stringify(metadata));
          write(PRELUDE_END);
        }
        return write(...args);
      };
      return stream;
    },
  },
};

const say = (message) => process.stdout.write(`${JSON.stringify(message)}\n`);
const { handler } = await import(process.argv[2]);
say({ ready: true });

for await (const line of createInterface({ input: process.stdin })) {
  const { id, event } = JSON.parse(line);
  void invoke(id, event);
}

async function invoke(id, event) {
  const stream = new PassThrough();
  const chunks = [];
  stream.on('data', (chunk) => chunks.push(chunk));
  try {
    const context = { getRemainingTimeInMillis: () => 60_000 };
    const result = await (handler.streams
      ? handler(event, stream, context)
      : handler(event, context));
    const whole = Buffer.concat(chunks);
    const end = whole.indexOf(PRELUDE_END);
    const prelude = end < 0 ? undefined : JSON.parse(whole.subarray(0, end).toString());
    say({ id, result, prelude, body: whole.subarray(end + PRELUDE_END.length).toString() });
  } catch (error) {
    say({ id, error: String(error.message) });
  }
}

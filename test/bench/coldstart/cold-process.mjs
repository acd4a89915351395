// One cold start: imports a handler as Lambda's runtime would, says when it was ready, and runs the
// events it is given.

globalThis.awslambda = {
  streamifyResponse: (handler) => handler,
  HttpResponseStream: { from: (stream) => stream },
};

const startedNs = BigInt(process.env.BENCH_STARTED_NS);
const milliseconds = (fromNs, toNs) => Number(toNs - fromNs) / 1e6;

const importingNs = process.hrtime.bigint();
const { handler } = await import(process.argv[2]);
const readyNs = process.hrtime.bigint();

const { PassThrough } = await import('node:stream');
const invocations = [];
const event = process.env.BENCH_EVENT;
for (let run = 0; event !== undefined && run < 2; run += 1) {
  const fromNs = process.hrtime.bigint();
  const stream = new PassThrough();
  let answer = '';
  stream.on('data', (chunk) => {
    answer += chunk;
  });
  await handler(JSON.parse(event), stream, { getRemainingTimeInMillis: () => 60_000 });
  invocations.push(milliseconds(fromNs, process.hrtime.bigint()));
  if (!answer.includes('"chat.completion"')) throw new Error(`not an answer: ${answer}`);
}

process.send({
  readyMs: milliseconds(startedNs, readyNs),
  importMs: milliseconds(importingNs, readyNs),
  invocations,
});
process.disconnect();
// Idle connections are not waited for.
process.exitCode = 0;
setTimeout(() => process.exit(), 5).unref();

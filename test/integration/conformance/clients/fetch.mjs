// No SDK at all: what is on the wire.
import { connect } from 'node:net';
import { keys, observe, url, user, weather } from './driver.mjs';

const DEMO = { 'content-type': 'application/json' };

const post = (body, headers = {}, key = keys.main) =>
  fetch(`${url}/v1/chat/completions`, {
    method: 'POST',
    headers: { ...DEMO, authorization: `Bearer ${key}`, ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });

const echo = (content, more = {}) => ({
  model: 'simulated/echo',
  messages: user(content),
  ...more,
});

/** The frames of a stream, as they were written. */
async function framesOf(body, headers, key) {
  const answer = await post({ ...body, stream: true }, headers, key);
  const text = await answer.text();
  return { answer, text, frames: text.split('\n\n').filter((frame) => frame !== '') };
}

const dataOf = (frames) =>
  frames
    .filter((frame) => frame.startsWith('data: {'))
    .map((frame) => JSON.parse(frame.slice('data: '.length)));

async function failure(answer) {
  const { status, headers } = answer;
  const body = await answer.json();
  return {
    status,
    type: headers.get('content-type'),
    members: Object.keys(body.error ?? {}).sort(),
    only: Object.keys(body),
    requestId: headers.get('x-request-id'),
    shouldRetry: headers.get('x-should-retry'),
  };
}

const ratesOf = ({ headers }) =>
  Object.fromEntries([...headers].filter(([name]) => name.startsWith('x-ratelimit-')));

/** Every piece of the answer as the socket gave it. */
function piecesOf(body) {
  const { hostname, port } = new URL(url);
  const text = JSON.stringify({ ...body, stream: true });
  return new Promise((resolve, reject) => {
    const pieces = [];
    const socket = connect({ host: hostname, port: Number(port), noDelay: true });
    socket.on('error', reject);
    socket.on('data', (piece) => pieces.push(piece));
    socket.on('close', () => resolve(pieces));
    socket.write(
      `POST /v1/chat/completions HTTP/1.1\r\nhost: ${hostname}\r\nconnection: close\r\n` +
        `authorization: Bearer ${keys.main}\r\ncontent-type: application/json\r\n` +
        `content-length: ${Buffer.byteLength(text)}\r\n\r\n${text}`,
    );
  });
}

const preflight = (origin) =>
  fetch(`${url}/v1/chat/completions`, {
    method: 'OPTIONS',
    headers: {
      origin,
      'access-control-request-method': 'POST',
      'access-control-request-headers': 'authorization,content-type,x-stainless-retry-count',
    },
  });

const corsOf = ({ status, headers }) => ({
  status,
  origin: headers.get('access-control-allow-origin'),
  allowed: headers.get('access-control-allow-headers'),
  exposed: headers.get('access-control-expose-headers'),
});

await observe({
  1: async (headers) => [
    await failure(await post('{', headers)),
    await failure(await post(echo('x'), headers, 'sk-nobody')),
    await failure(await post(echo('x', { temperature: 9 }), headers)),
    await failure(await fetch(`${url}/v1/nothing/here`, { headers })),
    await failure(await post({ model: 'simulated/error-500', messages: user('x') }, headers)),
    await failure(await post(`"${'x'.repeat(4_200_000)}"`, headers)),
  ],
  3: async (headers) => ({
    caller: (await failure(await post(echo('x', { n: 128 }), headers))).shouldRetry,
    provider: (
      await failure(await post({ model: 'simulated/throttle', messages: user('x') }, headers))
    ).shouldRetry,
  }),
  4: async (headers) => {
    const { status, headers: seen } = await post(
      { model: 'simulated/throttle', messages: user('x') },
      headers,
    );
    return { status, after: seen.get('retry-after'), afterMs: seen.get('retry-after-ms') };
  },
  5: async (headers) => {
    const answer = await post(echo('x'), headers);
    return { ofAnswer: answer.headers.get('x-request-id'), id: (await answer.json()).id };
  },
  6: async (headers) => ratesOf(await post(echo('x'), headers)),
  7: async (headers) => {
    const { answer } = await framesOf(echo('x'), headers);
    const header = (name) => answer.headers.get(name);
    return {
      type: header('content-type'),
      cache: header('cache-control'),
      encoding: header('content-encoding'),
    };
  },
  8: async (headers) => {
    const { text, frames } = await framesOf(echo('one two three'), headers);
    const odd = frames.filter((frame) => !/^(?:data: |: )[^\n]*$/.test(frame));
    return { ends: text.endsWith('\n\n'), odd };
  },
  9: async (headers) => {
    const { frames } = await framesOf({ model: 'simulated/pii', messages: user('x') }, headers);
    const verdict = frames.findIndex((frame) => frame.includes('"guardrail":{"verdict":"redact"'));
    const leaked = frames.some((frame) => /jane\.doe|4111|DE89/.test(frame));
    return { verdict, done: frames.indexOf('data: [DONE]'), frames: frames.length, leaked };
  },
  10: async (headers) => {
    const last = async (model) =>
      (await framesOf({ model, messages: user('x'), max_tokens: 9 }, headers)).frames.at(-1);
    return {
      success: await last('simulated/lorem'),
      error: JSON.parse((await last('simulated/stream-error')).slice(6)).error.code,
    };
  },
  11: async (headers) => {
    const { frames } = await framesOf(
      { model: 'simulated/truncate', messages: user('x') },
      headers,
    );
    const chunks = dataOf(frames);
    return {
      error: chunks.at(-1).error?.code,
      reasons: [
        ...new Set(chunks.flatMap(({ choices = [] }) => choices.map((one) => one.finish_reason))),
      ],
      done: frames.includes('data: [DONE]'),
    };
  },
  12: async (headers) => {
    const { answer, frames } = await framesOf(
      { model: 'simulated/stream-error', messages: user('x') },
      headers,
    );
    const early = await post(
      { model: 'simulated/error-500', messages: user('x'), stream: true },
      headers,
    );
    return {
      status: answer.status,
      error: Object.keys(dataOf(frames).at(-1).error).sort(),
      early: early.status,
      earlyType: early.headers.get('content-type'),
    };
  },
  13: async (headers) =>
    dataOf((await framesOf(echo('x', { n: 2 }), headers)).frames)
      .flatMap(({ choices }) => choices)
      .filter(({ delta }) => delta.role !== undefined)
      .map(({ index, delta }) => [index, delta.role]),
  14: async (headers) => {
    const body = { model: 'simulated/tool-call', messages: user('x'), tools: [weather] };
    const deltas = dataOf((await framesOf(body, headers)).frames).flatMap(
      ({ choices }) => choices[0]?.delta.tool_calls ?? [],
    );
    return {
      indexes: [...new Set(deltas.map(({ index }) => index))],
      first: { id: typeof deltas[0].id, type: deltas[0].type, name: deltas[0].function.name },
      fragments: deltas.length,
      calls: [
        {
          name: deltas[0].function.name,
          arguments: JSON.parse(deltas.map((delta) => delta.function.arguments).join('')),
        },
      ],
    };
  },
  16: async (headers) => {
    const chunks = async (more) => dataOf((await framesOf(echo('a b c', more), headers)).frames);
    const asked = await chunks({ stream_options: { include_usage: true } });
    const unasked = await chunks({});
    return {
      last: { choices: asked.at(-1).choices.length, usage: asked.at(-1).usage.total_tokens > 0 },
      others: [...new Set(asked.slice(0, -1).map(({ usage }) => usage))],
      unasked: unasked.filter((chunk) => 'usage' in chunk || chunk.choices.length === 0).length,
    };
  },
  18: async (headers) => {
    const chunks = dataOf((await framesOf(echo('one two three four five'), headers)).frames);
    const distinct = (field) => new Set(chunks.map((chunk) => chunk[field])).size;
    return {
      chunks: chunks.length,
      distinct: ['id', 'created', 'model', 'object'].map(distinct),
      object: chunks[0].object,
    };
  },
  19: async (headers) => {
    const choice = async (body) => (await (await post(body, headers)).json()).choices[0];
    return {
      called: await choice({ model: 'simulated/tool-call', messages: user('x'), tools: [weather] }),
      said: await choice(echo('x')),
    };
  },
  24: async (headers) => {
    const get = (path) =>
      fetch(`${url}${path}`, { headers: { authorization: `Bearer ${keys.main}`, ...headers } });
    const answer = await post(
      { model: 'chat-default', messages: user('x'), max_tokens: 4 },
      headers,
    );
    const unknown = await get('/v1/models/gpt-4o');
    return {
      listed: (await (await get('/v1/models')).json()).data.some(({ id }) => id === 'chat-default'),
      one: (await (await get('/v1/models/simulated/echo')).json()).id,
      unknown: { status: unknown.status, code: (await unknown.json()).error.code },
      header: answer.headers.get('x-ballast-model'),
      served: (await answer.json()).model,
    };
  },
  26: async (headers) => ({
    preflight: corsOf(await preflight('http://localhost:3000')),
    answer: corsOf(await post(echo('x'), { ...headers, origin: 'http://localhost:3000' })),
    error: corsOf(await post('{', { ...headers, origin: 'http://localhost:3000' })),
    edge: corsOf(
      await post(echo('x'), { ...headers, origin: 'http://localhost:3000' }, 'sk-nobody'),
    ),
  }),
  27: async (headers) => ({
    head: (await fetch(url, { method: 'HEAD', headers })).status,
    health: (await fetch(`${url}/health`, { headers })).status,
  }),
  29: async () => {
    const text = 'naïve café — 日本語 👩‍👩‍👧‍👦 ﷽ 🏴󠁧󠁢󠁳󠁣󠁴󠁿 '.repeat(20);
    const pieces = await piecesOf(echo(text));
    const strict = new TextDecoder('utf-8', { fatal: true });
    return pieces.every((piece) => {
      // Throws where a character is cut in two.
      strict.decode(piece);
      return true;
    });
  },
});

// The `openai` package for Node; its second argument is the name it is installed under.
import { citySchema, keys, observe, thrownBy, url, user, weather } from './driver.mjs';

const { default: OpenAI } = await import(process.argv[3]);

const client = (key = keys.main, options = {}) =>
  new OpenAI({ baseURL: `${url}/v1`, apiKey: key, maxRetries: 0, ...options });
const openai = client();

const errorSeen = (error) => ({
  kind: error.constructor.name,
  isApiError: error instanceof OpenAI.APIError,
  status: error.status ?? null,
  code: error.code ?? null,
  type: error.type ?? null,
  param: error.param ?? null,
  message: error.message,
  requestId: error.requestID ?? null,
});

const chat = (body, headers, of = openai) => of.chat.completions.create(body, { headers });

async function chunksOf(body, headers, of = openai) {
  const chunks = [];
  for await (const chunk of await chat({ ...body, stream: true }, headers, of)) chunks.push(chunk);
  return chunks;
}

const echo = (content, more = {}) => ({
  model: 'simulated/echo',
  messages: user(content),
  ...more,
});

async function failing(body, headers, of) {
  return errorSeen(await thrownBy(() => chat(body, headers, of)));
}

/** One request a minute is allowed, and three are never in three minutes. */
async function askThrice(headers) {
  for (let turn = 0; turn < 3; turn += 1) await chat(echo('x'), headers, client(keys.rate));
}

async function streamFailing(model, headers, of = openai) {
  let text = '';
  const error = await thrownBy(async () => {
    const stream = await chat({ model, messages: user('go'), stream: true }, headers, of);
    for await (const chunk of stream) text += chunk.choices[0]?.delta?.content ?? '';
  });
  return { text, ...errorSeen(error) };
}

await observe({
  1: (headers) => failing(echo('x', { temperature: 5 }), headers),
  2: async (headers) => ({
    400: (await failing(echo('x', { n: 128 }), headers)).kind,
    401: (await failing(echo('x'), headers, client('sk-nobody'))).kind,
    403: (await failing(echo('x'), headers, client(keys.scopeless))).kind,
    404: (await failing({ model: 'nope', messages: user('x') }, headers)).kind,
    429: errorSeen(await thrownBy(() => askThrice(headers))).kind,
    503: (await failing({ model: 'simulated/error-500', messages: user('x') }, headers)).kind,
  }),
  3: async (headers) => {
    const spent = client(keys.spent, { maxRetries: 2 });
    const half = { model: 'simulated/lorem', messages: user('x'), max_tokens: 20 };
    await chat(half, {}, spent);
    return failing(half, headers, spent);
  },
  4: async (headers) => {
    const error = await thrownBy(() => askThrice(headers));
    const header = (name) => error.headers?.get?.(name) ?? null;
    return {
      after: header('retry-after'),
      afterMs: header('retry-after-ms'),
      status: error.status,
    };
  },
  5: async (headers) => {
    const answer = await chat(echo('x'), headers);
    const error = await failing({ model: 'nope', messages: user('x') }, headers);
    return { ofAnswer: answer._request_id, ofError: error.requestId, id: answer.id };
  },
  6: async (headers) => {
    const { response } = await openai.chat.completions
      .create(echo('x'), { headers })
      .withResponse();
    return Object.fromEntries(
      ['limit', 'remaining', 'reset'].flatMap((what) =>
        ['requests', 'tokens'].map((of) => {
          const name = `x-ratelimit-${what}-${of}`;
          return [name, response.headers.get(name)];
        }),
      ),
    );
  },
  11: async (headers) => ({
    ...(await streamFailing('simulated/truncate', headers)),
    helper: errorSeen(
      await thrownBy(() =>
        openai.chat.completions
          .stream({ model: 'simulated/truncate', messages: user('go') })
          .finalChatCompletion(),
      ),
    ),
  }),
  12: (headers) =>
    streamFailing('simulated/stream-error', headers, client(keys.main, { maxRetries: 2 })),
  13: async (headers) => {
    const [first] = await chunksOf(echo('hello there'), headers);
    const final = await openai.chat.completions.stream(echo('hello there')).finalChatCompletion();
    return { role: first.choices[0].delta.role, helper: final.choices[0].message.content };
  },
  14: async (headers) => {
    const body = { model: 'simulated/tool-call', messages: user('weather?'), tools: [weather] };
    const deltas = (await chunksOf(body, headers)).flatMap(
      (chunk) => chunk.choices[0]?.delta.tool_calls ?? [],
    );
    const final = await openai.chat.completions.stream(body).finalChatCompletion();
    return {
      indexes: [...new Set(deltas.map((delta) => delta.index))],
      first: { id: typeof deltas[0].id, type: deltas[0].type, name: deltas[0].function.name },
      fragments: deltas.length,
      calls: final.choices[0].message.tool_calls.map((call) => ({
        name: call.function.name,
        arguments: JSON.parse(call.function.arguments),
      })),
    };
  },
  15: async (headers) => {
    const reason = async (body, of) => (await chat(body, headers, of)).choices[0].finish_reason;
    return {
      stop: await reason(echo('x')),
      length: await reason({ model: 'simulated/lorem', messages: user('x'), max_tokens: 5 }),
      tool: await reason({ model: 'simulated/tool-call', messages: user('x'), tools: [weather] }),
      blocked: await reason({ model: 'simulated/pii', messages: user('x') }, client(keys.strict)),
    };
  },
  16: async (headers) => {
    const asked = await chunksOf(
      echo('a b c', { stream_options: { include_usage: true } }),
      headers,
    );
    const unasked = await chunksOf(echo('a b c'), headers);
    return {
      last: { choices: asked.at(-1).choices.length, usage: asked.at(-1).usage.total_tokens > 0 },
      others: [...new Set(asked.slice(0, -1).map((chunk) => chunk.usage))],
      unasked: unasked.filter((chunk) => chunk.usage != null || chunk.choices.length === 0).length,
    };
  },
  17: async (headers) => (await chat(echo('x'), headers)).usage,
  18: async (headers) => {
    const chunks = await chunksOf(echo('one two three four five'), headers);
    const distinct = (field) => new Set(chunks.map((chunk) => chunk[field])).size;
    return {
      chunks: chunks.length,
      distinct: ['id', 'created', 'model', 'object'].map(distinct),
      object: chunks[0].object,
    };
  },
  19: async (headers) => {
    const called = await chat(
      { model: 'simulated/tool-call', messages: user('x'), tools: [weather] },
      headers,
    );
    const said = await chat(echo('x'), headers);
    return { called: called.choices[0], said: said.choices[0] };
  },
  20: async (headers) => {
    const parts = (text) => [{ type: 'text', text }];
    const messages = [
      { role: 'system', content: parts('be brief') },
      { role: 'developer', content: 'be kind' },
      { role: 'user', content: parts('weather?') },
      {
        role: 'assistant',
        content: null,
        tool_calls: [
          { id: 'call_1', type: 'function', function: { name: 'weather', arguments: '{}' } },
        ],
      },
      { role: 'tool', tool_call_id: 'call_1', content: parts('7 °C') },
      { role: 'assistant', content: parts('seven degrees') },
      { role: 'user', content: parts('thank you') },
    ];
    return (await chat({ model: 'simulated/echo', messages }, headers)).choices[0].message.content;
  },
  21: async (headers) => {
    const used = async (caps) =>
      (await chat({ model: 'simulated/lorem', messages: user('x'), ...caps }, headers)).usage
        .completion_tokens;
    return [
      await used({ max_tokens: 7 }),
      await used({ max_completion_tokens: 9 }),
      await used({ max_tokens: 50, max_completion_tokens: 11 }),
    ];
  },
  22: async (headers) => {
    const format = {
      type: 'json_schema',
      json_schema: { name: 'city', strict: true, schema: citySchema },
    };
    const answer = await openai.chat.completions.parse(
      echo('a city', { response_format: format }),
      { headers },
    );
    return {
      parsed: answer.choices[0].message.parsed ?? JSON.parse(answer.choices[0].message.content),
    };
  },
  23: async (headers) => {
    const two = await chat(echo('x', { n: 2 }), headers);
    return {
      indexes: two.choices.map(({ index, logprobs }) => [index, logprobs]),
      refused: await failing(echo('x', { logprobs: true }), headers),
    };
  },
  24: async (headers) => {
    const listed = [];
    for await (const model of openai.models.list({ headers })) listed.push(model.id);
    return {
      listed: listed.includes('chat-default') && listed.includes('simulated/echo'),
      one: (await openai.models.retrieve('simulated/echo', { headers })).id,
      unknown: await failing({ model: 'gpt-4o', messages: user('x') }, headers),
      served: (await chat({ model: 'chat-default', messages: user('x'), max_tokens: 4 }, headers))
        .model,
    };
  },
  25: async (headers) => {
    const stream = await openai.chat.completions
      .create(
        { model: 'simulated/lorem', messages: user('x'), max_tokens: 2_000, stream: true },
        { headers },
      )
      .withResponse();
    let seen = 0;
    for await (const _chunk of stream.data) {
      seen += 1;
      if (seen === 3) break;
    }
    return { seen, id: stream.request_id };
  },
  28: async (headers) => {
    const error = await failing(
      { model: 'simulated/error-500', messages: user('x') },
      headers,
      client(keys.main, { maxRetries: 1 }),
    );
    return { id: error.requestId, status: error.status };
  },
  29: async (headers) => {
    const text = 'naïve café — 日本語 👩‍👩‍👧‍👦 ﷽ 🏴󠁧󠁢󠁳󠁣󠁴󠁿';
    const chunks = await chunksOf(echo(text), headers);
    return chunks.map((chunk) => chunk.choices[0]?.delta.content ?? '').join('') === text;
  },
});

// Vercel's `ai` with `@ai-sdk/openai-compatible`.
import { createOpenAICompatible } from '@ai-sdk/openai-compatible';
import { APICallError, generateText, jsonSchema, Output, streamText, tool } from 'ai';
import { citySchema, keys, observe, thrownBy, url, weather } from './driver.mjs';

const provider = (key, headers) =>
  createOpenAICompatible({
    name: 'ballast',
    baseURL: `${url}/v1`,
    apiKey: key,
    headers,
    includeUsage: true,
    supportsStructuredOutputs: true,
  });

const ask = (headers, model, more = {}, key = keys.main) =>
  generateText({
    model: provider(key, headers)(model),
    prompt: 'hello there',
    maxRetries: 0,
    ...more,
  });

const errorSeen = (error) => ({
  kind: error.constructor.name,
  isApiError: APICallError.isInstance(error),
  status: error.statusCode ?? null,
  code: error.data?.error?.code ?? null,
  type: error.data?.error?.type ?? null,
  param: error.data?.error?.param ?? null,
  message: error.message,
  requestId: error.responseHeaders?.['x-request-id'] ?? null,
});

const failing = async (...request) => errorSeen(await thrownBy(() => ask(...request)));

const tools = {
  weather: tool({
    description: 'the weather',
    inputSchema: jsonSchema(weather.function.parameters),
  }),
};

/** Everything a stream gives, errors as parts of it. */
async function partsOf(headers, model, more = {}) {
  const parts = [];
  const { fullStream } = streamText({
    model: provider(keys.main, headers)(model),
    prompt: 'hello there',
    maxRetries: 2,
    onError: () => {},
    ...more,
  });
  for await (const part of fullStream) parts.push(part);
  return parts;
}

const textOf = (parts) =>
  parts.flatMap((part) => (part.type === 'text-delta' ? [part.text] : [])).join('');

async function streamFailing(headers, model) {
  const parts = await partsOf(headers, model);
  const thrown = parts.find((part) => part.type === 'error')?.error;
  return {
    text: textOf(parts),
    told: thrown !== undefined,
    message: String(thrown?.message ?? JSON.stringify(thrown)),
  };
}

await observe({
  1: (headers) => failing(headers, 'simulated/echo', { temperature: 5 }),
  2: async (headers) => ({
    401: (await failing(headers, 'simulated/echo', {}, 'sk-nobody')).status,
    403: (await failing(headers, 'simulated/echo', {}, keys.scopeless)).status,
    404: (await failing(headers, 'nope')).status,
    503: (await failing(headers, 'simulated/error-500')).status,
  }),
  5: async (headers) => {
    const { response } = await ask(headers, 'simulated/echo');
    const error = await failing(headers, 'nope');
    return {
      ofAnswer: response.headers['x-request-id'],
      ofError: error.requestId,
      id: response.id,
    };
  },
  11: (headers) => streamFailing(headers, 'simulated/truncate'),
  12: (headers) => streamFailing(headers, 'simulated/stream-error'),
  13: async (headers) => ({ text: textOf(await partsOf(headers, 'simulated/echo')) }),
  14: async (headers) => {
    const parts = await partsOf(headers, 'simulated/tool-call', { tools });
    return {
      calls: parts
        .filter(({ type }) => type === 'tool-call')
        .map(({ toolName: name, input }) => ({ name, arguments: input })),
    };
  },
  15: async (headers) => {
    const reason = async (model, more, key) => (await ask(headers, model, more, key)).finishReason;
    return {
      stop: await reason('simulated/echo'),
      length: await reason('simulated/lorem', { maxOutputTokens: 5 }),
      tool: await reason('simulated/tool-call', { tools }),
      blocked: await reason('simulated/pii', {}, keys.strict),
    };
  },
  16: async (headers) => {
    const finish = (await partsOf(headers, 'simulated/echo')).find(({ type }) => type === 'finish');
    return { total: finish.totalUsage.totalTokens > 0 };
  },
  17: async (headers) => {
    const { usage } = await ask(headers, 'simulated/echo');
    return {
      input: usage.inputTokens > 0,
      output: usage.outputTokens > 0,
      cached: usage.cachedInputTokens,
    };
  },
  22: async (headers) => {
    const { output } = await ask(headers, 'simulated/echo', {
      output: Output.object({ schema: jsonSchema(citySchema) }),
    });
    return { parsed: output };
  },
  24: async (headers) => ({ unknown: await failing(headers, 'gpt-4o') }),
  29: async (headers) => {
    const text = 'naïve café — 日本語 👩‍👩‍👧‍👦 ﷽';
    return textOf(await partsOf(headers, 'simulated/echo', { prompt: text })) === text;
  },
});

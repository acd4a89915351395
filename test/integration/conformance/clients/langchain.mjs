// `@langchain/openai`.
import { AIMessage, HumanMessage, SystemMessage, ToolMessage } from '@langchain/core/messages';
import { ChatOpenAI } from '@langchain/openai';
import { citySchema, keys, observe, thrownBy, url, weather } from './driver.mjs';

const chat = (headers, model, { key = keys.main, ...more } = {}) =>
  new ChatOpenAI({
    model,
    apiKey: key,
    maxRetries: 0,
    configuration: { baseURL: `${url}/v1`, defaultHeaders: headers },
    ...more,
  });

const errorSeen = (error) => ({
  status: error.status ?? null,
  code: error.code ?? null,
  type: error.type ?? null,
  param: error.param ?? null,
  message: error.message,
  requestId: error.requestID ?? null,
});

const failing = async (headers, model, more) =>
  errorSeen(await thrownBy(() => chat(headers, model, more).invoke('x')));

async function streamFailing(headers, model) {
  let text = '';
  const error = await thrownBy(async () => {
    for await (const chunk of await chat(headers, model).stream('go')) text += chunk.content;
  });
  return { text, ...errorSeen(error) };
}

async function gathered(stream) {
  let whole;
  for await (const chunk of stream) whole = whole === undefined ? chunk : whole.concat(chunk);
  return whole;
}

const reasonOf = ({ response_metadata: { finish_reason: reason } }) => reason;

await observe({
  1: (headers) => failing(headers, 'simulated/echo', { temperature: 5 }),
  2: async (headers) => ({
    401: (await failing(headers, 'simulated/echo', { key: 'sk-nobody' })).status,
    403: (await failing(headers, 'simulated/echo', { key: keys.scopeless })).status,
    404: (await failing(headers, 'nope')).status,
    503: (await failing(headers, 'simulated/error-500')).status,
  }),
  5: async (headers) => ({ ofError: (await failing(headers, 'nope')).requestId }),
  11: (headers) => streamFailing(headers, 'simulated/truncate'),
  12: (headers) => streamFailing(headers, 'simulated/stream-error'),
  13: async (headers) => ({
    text: (await gathered(await chat(headers, 'simulated/echo').stream('hello there'))).content,
  }),
  14: async (headers) => {
    const model = chat(headers, 'simulated/tool-call').bindTools([weather]);
    const { tool_calls: calls } = await gathered(await model.stream('weather?'));
    return { calls: calls.map(({ name, args }) => ({ name, arguments: args })) };
  },
  15: async (headers) => {
    const reason = async (model, more) => reasonOf(await chat(headers, model, more).invoke('x'));
    return {
      stop: await reason('simulated/echo'),
      length: await reason('simulated/lorem', { maxTokens: 5 }),
      tool: reasonOf(await chat(headers, 'simulated/tool-call').bindTools([weather]).invoke('x')),
      blocked: await reason('simulated/pii', { key: keys.strict }),
    };
  },
  16: async (headers) => {
    const answer = await gathered(
      await chat(headers, 'simulated/echo', { streamUsage: true }).stream('a b c'),
    );
    return { total: answer.usage_metadata.total_tokens > 0 };
  },
  17: async (headers) => {
    const { usage_metadata: usage } = await chat(headers, 'simulated/echo').invoke('x');
    return {
      input: usage.input_tokens > 0,
      output: usage.output_tokens > 0,
      cached: usage.input_token_details.cache_read,
    };
  },
  20: async (headers) => {
    const call = { name: 'weather', args: {}, id: 'call_1' };
    const answer = await chat(headers, 'simulated/echo').invoke([
      new SystemMessage({ content: [{ type: 'text', text: 'be brief' }] }),
      new HumanMessage('weather?'),
      new AIMessage({ content: '', tool_calls: [call] }),
      new ToolMessage({ content: '7 °C', tool_call_id: 'call_1' }),
      new HumanMessage('thank you'),
    ]);
    return answer.content;
  },
  22: async (headers) => ({
    parsed: await chat(headers, 'simulated/echo')
      .withStructuredOutput(citySchema, { name: 'city', method: 'jsonSchema', strict: true })
      .invoke('a city'),
  }),
  24: async (headers) => ({ unknown: await failing(headers, 'gpt-4o') }),
  29: async (headers) => {
    const text = 'naïve café — 日本語 👩‍👩‍👧‍👦 ﷽';
    return (await gathered(await chat(headers, 'simulated/echo').stream(text))).content === text;
  },
});

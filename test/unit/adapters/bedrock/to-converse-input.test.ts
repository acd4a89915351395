import { describe, expect, it } from 'vitest';
import { toConverseInput } from '#adapters/bedrock/to-converse-input.ts';
import type { ChatRequest } from '#core/chat/chat-request.ts';
import { aRequest, WEATHER_TOOL } from '../../../support/chat-calls.ts';

const CLAUDE = 'eu.anthropic.claude-sonnet-4-5-20250929-v1:0';
const OLD_CLAUDE = 'anthropic.claude-3-5-sonnet-20240620-v1:0';

function inputOf(changes: Partial<ChatRequest>, model = CLAUDE) {
  const outcome = toConverseInput(aRequest(changes), model);
  if (!outcome.ok) throw outcome.failure;
  return outcome.value.input;
}

function refusalOf(changes: Partial<ChatRequest>, model = CLAUDE) {
  const outcome = toConverseInput(aRequest(changes), model);
  if (outcome.ok) throw new Error('expected a refusal');
  return outcome.failure;
}

const call = (id: string, args: string) =>
  ({ id, type: 'function', function: { name: 'get_weather', arguments: args } }) as const;

describe('toConverseInput', () => {
  it('puts system text apart and makes one message of each turn', () => {
    const { system, messages } = inputOf({
      messages: [
        { role: 'system', content: 'Be brief.' },
        { role: 'user', content: 'Hello' },
        { role: 'user', content: [{ type: 'text', text: 'again' }] },
        { role: 'assistant', content: 'Yes?' },
        { role: 'developer', content: [{ type: 'text', text: 'Be kind.' }] },
        { role: 'user', content: 'Bye' },
      ],
    });

    expect(system).toEqual([{ text: 'Be brief.' }, { text: 'Be kind.' }]);
    expect(messages).toEqual([
      { role: 'user', content: [{ text: 'Hello' }, { text: 'again' }] },
      { role: 'assistant', content: [{ text: 'Yes?' }] },
      { role: 'user', content: [{ text: 'Bye' }] },
    ]);
  });

  it('makes tool calls tool uses, and their results one turn of the user', () => {
    const { messages } = inputOf({
      tools: [WEATHER_TOOL],
      messages: [
        { role: 'user', content: 'Weather?' },
        {
          role: 'assistant',
          content: null,
          tool_calls: [call('a', '{"city":"Ulm"}'), call('b', '')],
        },
        { role: 'tool', tool_call_id: 'a', content: 'Rain' },
        { role: 'tool', tool_call_id: 'b', content: '' },
        { role: 'user', content: 'And?' },
      ],
    });

    expect(messages?.slice(1)).toEqual([
      {
        role: 'assistant',
        content: [
          { toolUse: { toolUseId: 'a', name: 'get_weather', input: { city: 'Ulm' } } },
          { toolUse: { toolUseId: 'b', name: 'get_weather', input: {} } },
        ],
      },
      {
        role: 'user',
        content: [
          { toolResult: { toolUseId: 'a', content: [{ text: 'Rain' }] } },
          { toolResult: { toolUseId: 'b', content: [] } },
          { text: 'And?' },
        ],
      },
    ]);
  });

  it.each(['{"city":', '[1]', 'null'])('hands arguments %s back as text', (text) => {
    const { messages } = inputOf({
      messages: [{ role: 'assistant', tool_calls: [call('a', text)] }],
    });

    expect(messages?.[0]?.content?.[0]?.toolUse?.input).toEqual({ raw_arguments: text });
  });

  it('leaves blank text out, and turns that had nothing else', () => {
    const { messages } = inputOf({
      messages: [
        { role: 'user', content: 'Hello' },
        { role: 'assistant', content: '  ' },
        { role: 'user', content: [{ type: 'text', text: '' }] },
        { role: 'assistant', refusal: 'I will not.' },
      ],
    });

    expect(messages).toEqual([
      { role: 'user', content: [{ text: 'Hello' }] },
      { role: 'assistant', content: [{ text: 'I will not.' }] },
    ]);
  });

  it('reads images out of data URLs', () => {
    const { messages } = inputOf({
      messages: [
        {
          role: 'user',
          content: [{ type: 'image_url', image_url: { url: 'data:image/PNG;base64,AQID' } }],
        },
      ],
    });

    expect(messages?.[0]?.content).toEqual([
      { image: { format: 'png', source: { bytes: Buffer.from([1, 2, 3]) } } },
    ]);
  });

  it.each(['https://example.com/a.png', 'data:image/svg+xml;base64,AQ', 'data:image/png,x', 'x'])(
    'refuses the picture %s and names its field',
    (url) => {
      const failure = refusalOf({
        messages: [{ role: 'user', content: [{ type: 'image_url', image_url: { url } }] }],
      });

      expect([failure.code, failure.param]).toEqual([
        'unsupported_media_source',
        'messages[0].content[0].image_url.url',
      ]);
    },
  );

  it('translates sampling, caps, stops and labels', () => {
    const { inferenceConfig, requestMetadata } = inputOf({
      temperature: 0,
      top_p: 0.5,
      max_tokens: 9,
      max_completion_tokens: 5,
      stop: 'END',
      metadata: { team: 'a' },
      user: 'u-1',
    });

    expect(inferenceConfig).toEqual({
      maxTokens: 5,
      temperature: 0,
      topP: 0.5,
      stopSequences: ['END'],
    });
    expect(requestMetadata).toEqual({ team: 'a', user: 'u-1' });
  });

  it.each([
    ['auto', undefined],
    ['required', { any: {} }],
    [{ type: 'function', function: { name: 'get_weather' } }, { tool: { name: 'get_weather' } }],
  ] as const)('translates the tool choice %j', (choice, toolChoice) => {
    const { toolConfig } = inputOf({ tools: [WEATHER_TOOL], tool_choice: choice });

    expect(toolConfig?.toolChoice).toEqual(toolChoice);
    expect(toolConfig?.tools?.[0]?.toolSpec).toEqual({
      name: 'get_weather',
      description: 'Weather in a city.',
      inputSchema: { json: WEATHER_TOOL.function.parameters },
    });
  });

  it('leaves tools out where none may be called', () => {
    expect(inputOf({ tools: [WEATHER_TOOL], tool_choice: 'none' })).not.toHaveProperty(
      'toolConfig',
    );
  });

  const closed = {
    type: 'object',
    properties: { city: { type: 'string' } },
    additionalProperties: false,
  };
  const format = (schema?: Record<string, unknown>) =>
    ({
      type: 'json_schema',
      json_schema: { name: 'weather', ...(schema === undefined ? {} : { schema }) },
    }) as const;

  it('asks for a schema natively where model and schema allow it', () => {
    expect(inputOf({ response_format: format(closed) }).outputConfig).toEqual({
      textFormat: {
        type: 'json_schema',
        structure: { jsonSchema: { name: 'weather', schema: JSON.stringify(closed) } },
      },
    });
  });

  it.each([
    ['the model is older', closed, OLD_CLAUDE],
    [
      'an object of the schema is open',
      { type: 'object', properties: { a: { type: 'object' } } },
      CLAUDE,
    ],
    ['there is no schema', undefined, CLAUDE],
  ])('forces a tool instead when %s', (_name, schema, model) => {
    const { toolConfig, outputConfig } = inputOf({ response_format: format(schema) }, model);

    expect(outputConfig).toBeUndefined();
    expect(toolConfig).toMatchObject({
      tools: [{ toolSpec: { name: 'weather' } }],
      toolChoice: { tool: { name: 'weather' } },
    });
  });

  it.each<[string, Partial<ChatRequest>, string]>([
    ['seed', { seed: 1 }, CLAUDE],
    ['presence_penalty', { presence_penalty: 0.1 }, CLAUDE],
    ['frequency_penalty', { frequency_penalty: -1 }, CLAUDE],
    ['logit_bias', { logit_bias: { 5: 1 } }, CLAUDE],
    ['reasoning_effort', { reasoning_effort: 'low' }, CLAUDE],
    ['parallel_tool_calls', { parallel_tool_calls: false }, CLAUDE],
    ['metadata', { metadata: { team: 'ä' } }, CLAUDE],
    ['user', { user: 'x'.repeat(257) }, CLAUDE],
    ['response_format', { response_format: { type: 'json_object' } }, CLAUDE],
    ['response_format', { response_format: format(closed) }, 'meta.llama3-1-70b-instruct-v1:0'],
    ['response_format', { response_format: format(closed), tools: [WEATHER_TOOL] }, OLD_CLAUDE],
    ['tool_choice', { tools: [WEATHER_TOOL], tool_choice: 'required' }, 'meta.llama3'],
    [
      'tool_choice',
      {
        tools: [WEATHER_TOOL],
        tool_choice: 'none',
        messages: [{ role: 'tool', tool_call_id: 'a', content: 'Rain' }],
      },
      CLAUDE,
    ],
  ])('names %s where it cannot be honoured', (param, changes, model) => {
    const failure = refusalOf(changes, model);

    expect([failure.code, failure.param]).toEqual(['unsupported_parameter', param]);
  });

  it('honours values that ask for nothing', () => {
    const neutral = { presence_penalty: 0, frequency_penalty: 0, logit_bias: {}, n: 3 };

    expect(toConverseInput(aRequest({ ...neutral, parallel_tool_calls: true }), CLAUDE).ok).toBe(
      true,
    );
  });
});

/** Requests and answers as they are sent; a test parses each by the schema it stands under. */

export const chatRequest = {
  model: 'chat-default',
  messages: [{ role: 'user', content: 'Name three uses of ballast.' }],
};

export const streamRequest = {
  ...chatRequest,
  stream: true,
  stream_options: { include_usage: true },
};

export const toolRequest = {
  model: 'chat-default',
  messages: [{ role: 'user', content: 'What is the tide in Bergen?' }],
  tools: [
    {
      type: 'function',
      function: {
        name: 'tide',
        description: 'Water level at a harbour',
        parameters: {
          type: 'object',
          properties: { harbour: { type: 'string' } },
          required: ['harbour'],
        },
      },
    },
  ],
};

const usage = {
  prompt_tokens: 13,
  completion_tokens: 9,
  total_tokens: 22,
  prompt_tokens_details: { cached_tokens: 0 },
  completion_tokens_details: { reasoning_tokens: 0 },
  usage_source: 'provider',
};

const head = {
  id: 'chatcmpl-01KAR1C0MG4Q1M9X4M2V8YB3RZ',
  created: 1_763_892_000,
  model: 'bedrock/anthropic.claude-sonnet-4',
  system_fingerprint: null,
};

export const chatAnswer = {
  ...head,
  object: 'chat.completion',
  choices: [
    {
      index: 0,
      message: { role: 'assistant', content: 'Ships, tracks and lamps.', refusal: null },
      logprobs: null,
      finish_reason: 'stop',
    },
  ],
  usage,
};

const choice = (delta: object, finish_reason: string | null) => ({
  index: 0,
  delta,
  logprobs: null,
  finish_reason,
});

export const chunks = [
  { choices: [choice({ role: 'assistant', content: 'Ships, ' }, null)], usage: null },
  { choices: [choice({ content: 'tracks and lamps.' }, null)], usage: null },
  { choices: [choice({}, 'stop')], usage: null },
  { choices: [], usage },
].map((chunk) => ({ ...head, object: 'chat.completion.chunk', ...chunk }));

export const model = {
  id: 'chat-default',
  object: 'model',
  created: 1_763_856_000,
  owned_by: 'bedrock',
};

export const modelList = { object: 'list', data: [model] };

export const moderationRequest = { input: 'Write to ada@example.com.' };

export const moderation = {
  id: 'modr-01KAR1C0MG4Q1M9X4M2V8YB3RZ',
  model: 'ballast-guardrail',
  results: [
    {
      flagged: true,
      categories: { 'pii/email': true },
      category_scores: { 'pii/email': 1 },
      category_applied_input_types: { 'pii/email': ['text'] },
      ballast: { policy: 'default', verdict: 'redact' },
    },
  ],
};

export const newTenant = {
  id: 'acme',
  name: 'Acme',
  limits: { tokens_per_minute: 60_000, usd_per_month: '250' },
  bodies: 'redacted',
};

export const tenantChange = { version: 1, limits: { usd_per_month: '500' } };

export const newKey = {
  name: 'ci',
  scopes: ['ballast/inference'],
  limits: { requests_per_minute: 60 },
  expires_at: '2027-01-31T00:00:00Z',
};

export const client = { tenant: 'acme' };

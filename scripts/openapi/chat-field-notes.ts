import type { ChatRequest } from '#core/chat/chat-request.ts';

/** What each field of a chat request does here. */
export const chatFieldNotes: Readonly<Record<keyof ChatRequest, string>> = {
  model: 'The name of a route, as `GET /v1/models` lists them.',
  messages: 'The conversation so far. Pictures only as `data:` URLs: addresses are never fetched.',
  stream: 'Server-sent events instead of one answer.',
  stream_options: '`include_usage` asks for a last chunk with the usage.',
  max_completion_tokens:
    'The most tokens to answer with; reserved from the quota before the call and settled after it. Absent: the route’s default.',
  max_tokens: 'The older name; `max_completion_tokens` counts when both are given.',
  temperature: 'Refused for models that do not take it.',
  top_p: 'Refused for models that do not take it.',
  n: 'Choices to answer with; each counts against the quota.',
  stop: 'Texts at which the answer ends.',
  seed: 'For repeatable sampling, where the provider has it.',
  presence_penalty: 'Refused by providers that do not have it.',
  frequency_penalty: 'Refused by providers that do not have it.',
  logit_bias: 'Refused by providers that do not have it.',
  tools: 'Functions the model may ask for.',
  tool_choice: 'Whether, and which, tool has to be asked for.',
  parallel_tool_calls: 'Whether several tools may be asked for at once.',
  response_format: 'Plain text, any JSON object, or JSON after a schema.',
  reasoning_effort: 'For models that reason.',
  user: 'Your own name for the end user.',
  metadata: 'Up to 16 labels of your own.',
};

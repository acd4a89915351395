/** Parameters of the OpenAI API that are not offered, each with the reason a caller is told. */
export const unofferedParameters: Readonly<Record<string, string>> = {
  logprobs: 'token probabilities would show what a guardrail withholds',
  top_logprobs: 'token probabilities would show what a guardrail withholds',
  audio: 'only text comes out',
  modalities: 'only text comes out',
  functions: 'it is deprecated; use tools',
  function_call: 'it is deprecated; use tool_choice',
  prediction: 'no provider behind this platform honours it for all models',
  web_search_options: 'the platform fetches nothing from the web',
  store: 'answers are kept by the audit record, under the tenant’s own retention',
  service_tier: 'the route decides how a request is served',
  prompt_cache_key: 'prompt caching is decided by the route',
  verbosity: 'say it in the prompt',
};

/** Values that say what happens anyway: taken, and left out. */
const HARMLESS: Readonly<Record<string, (value: unknown) => boolean>> = {
  logprobs: (value) => value === false,
  top_logprobs: (value) => value === 0,
  store: (value) => value === false,
  service_tier: (value) => value === 'auto' || value === 'default',
  modalities: (value) => Array.isArray(value) && value.length === 1 && value[0] === 'text',
};

/** Members of an answer that clients send back with the next turn, and no provider wants. */
const ANSWER_ONLY = new Set(['annotations', 'reasoning_content']);

/**
 * A message without absent values written as null, and without what only an answer has. What a model
 * thought is not part of a conversation: providers refuse it or bill for it.
 */
const withoutAnswerMembers = (message: unknown): unknown =>
  typeof message !== 'object' || message === null || Array.isArray(message)
    ? message
    : Object.fromEntries(
        Object.entries(message).filter(
          ([name, value]) => name === 'content' || (value !== null && !isAnswerOnly(name, message)),
        ),
      );

const isAnswerOnly = (name: string, message: object): boolean =>
  ANSWER_ONLY.has(name) && 'role' in message && message.role === 'assistant';

/**
 * A body without what changes nothing: absent values written as null, as many clients do, and
 * defaults of parameters that are not offered.
 */
export function withoutHarmless(body: object): Record<string, unknown> {
  const rest = Object.fromEntries(
    Object.entries(body).filter(
      ([name, value]) =>
        value !== null && !(Object.hasOwn(HARMLESS, name) && HARMLESS[name]?.(value)),
    ),
  );
  const { messages } = rest;
  return Array.isArray(messages) ? { ...rest, messages: messages.map(withoutAnswerMembers) } : rest;
}

import type {
  AssistantMessage,
  ChatMessage,
  ChatRequest,
  ResponseFormat,
  ToolCall,
  ToolDefinition,
} from '../chat/chat-request.ts';
import type { Reading } from './text-judge.ts';

/** Gives a text back, changed or not. */
export type Rewrite = (text: string, location: string, reading: Reading) => string;

/**
 * The request with every text rewritten that a person, a program or a model wrote and a provider
 * will see: messages of every role, tool calls and their results, descriptions and schemas of
 * tools and answers with their property names, the `user` and `metadata` fields. Names, ids, stop sequences and images stay.
 */
export function rewriteRequest(request: ChatRequest, rewrite: Rewrite): ChatRequest {
  const { tools, response_format: format, user, metadata } = request;
  return {
    ...request,
    messages: request.messages.map((message, index) =>
      rewriteMessage(message, `messages[${index}]`, rewrite),
    ),
    ...(tools && {
      tools: tools.map((tool, index) => rewriteTool(tool, `tools[${index}]`, rewrite)),
    }),
    ...(format && { response_format: rewriteFormat(format, rewrite) }),
    ...(user !== undefined && { user: rewrite(user, 'user', 'plain') }),
    ...(metadata && { metadata: rewriteValues(metadata, 'metadata', rewrite) }),
  };
}

function rewriteMessage(message: ChatMessage, place: string, rewrite: Rewrite): ChatMessage {
  const content = `${place}.content`;
  switch (message.role) {
    case 'assistant':
      return rewriteAssistant(message, place, rewrite);
    case 'user':
      return { ...message, content: rewriteContent(message.content, content, rewrite) };
    case 'tool':
      return { ...message, content: rewriteResult(message.content, content, rewrite) };
    case 'system':
    case 'developer':
      return { ...message, content: rewriteContent(message.content, content, rewrite) };
  }
}

function rewriteAssistant(
  message: AssistantMessage,
  place: string,
  rewrite: Rewrite,
): AssistantMessage {
  const { content, refusal, tool_calls: calls } = message;
  return {
    ...message,
    ...(content && { content: rewriteContent(content, `${place}.content`, rewrite) }),
    ...(refusal && { refusal: rewrite(refusal, `${place}.refusal`, 'plain') }),
    ...(calls && { tool_calls: rewriteToolCalls(calls, place, rewrite) }),
  };
}

/** @param place what the calls belong to: `messages[2]`, `choices[0]`. */
export const rewriteToolCalls = (
  calls: readonly ToolCall[],
  place: string,
  rewrite: Rewrite,
): readonly ToolCall[] =>
  calls.map((call, index) => ({
    ...call,
    function: {
      ...call.function,
      arguments: rewrite(
        call.function.arguments,
        `${place}.tool_calls[${index}].arguments`,
        'json',
      ),
    },
  }));

type Part = { readonly type: 'text'; readonly text: string } | { readonly type: 'image_url' };

function rewriteContent<P extends Part>(
  content: string | readonly P[],
  place: string,
  rewrite: Rewrite,
): string | readonly P[] {
  if (typeof content === 'string') return rewrite(content, place, 'plain');
  return content.map((part, index) =>
    part.type === 'text'
      ? { ...part, text: rewrite(part.text, `${place}[${index}].text`, 'plain') }
      : part,
  );
}

/** A tool's result is often JSON, and stays JSON. */
function rewriteResult(
  content: string | readonly Extract<Part, { type: 'text' }>[],
  place: string,
  rewrite: Rewrite,
): string | readonly Extract<Part, { type: 'text' }>[] {
  if (typeof content === 'string' && isJson(content)) return rewrite(content, place, 'json');
  return rewriteContent(content, place, rewrite);
}

function isJson(text: string): boolean {
  if (!/^\s*[[{]/.test(text)) return false;
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

function rewriteTool(tool: ToolDefinition, place: string, rewrite: Rewrite): ToolDefinition {
  const { description, parameters } = tool.function;
  return {
    ...tool,
    function: {
      ...tool.function,
      ...(description && {
        description: rewrite(description, `${place}.description`, 'plain'),
      }),
      ...(parameters && {
        parameters: rewriteValues(parameters, `${place}.parameters`, rewrite),
      }),
    },
  };
}

function rewriteFormat(format: ResponseFormat, rewrite: Rewrite): ResponseFormat {
  if (format.type !== 'json_schema') return format;
  const { description, schema } = format.json_schema;
  const place = 'response_format';
  return {
    ...format,
    json_schema: {
      ...format.json_schema,
      ...(description && { description: rewrite(description, `${place}.description`, 'plain') }),
      ...(schema && { schema: rewriteValues(schema, `${place}.schema`, rewrite) }),
    },
  };
}

/**
 * Every string in a JSON value, keys too: models read a schema's property names as they read its
 * descriptions. Both are numbered in document order, for a key may itself be private.
 */
function rewriteValues<T>(value: T, place: string, rewrite: Rewrite): T {
  let seen = 0;
  let keys = 0;
  const walk = (node: unknown): unknown => {
    if (typeof node === 'string') {
      seen += 1;
      return rewrite(node, `${place}#${seen - 1}`, 'plain');
    }
    if (Array.isArray(node)) return node.map(walk);
    if (node === null || typeof node !== 'object') return node;
    const rewritten = new Map<string, unknown>();
    for (const [key, child] of Object.entries(node)) {
      keys += 1;
      const name = rewrite(key, `${place}.keys#${keys - 1}`, 'plain');
      // Two keys that were redacted to the same word stay two.
      rewritten.set(rewritten.has(name) ? `${name}_${keys}` : name, walk(child));
    }
    return Object.fromEntries(rewritten);
  };
  return walk(value) as T;
}

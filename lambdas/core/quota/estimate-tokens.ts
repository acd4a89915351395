import { type ChatMessage, type ChatRequest, textOf } from '../chat/chat-request.ts';

/** English prose runs at four characters a token, code and JSON nearer three. */
const ASCII_PER_TOKEN = 3;
/** CJK, emoji and accented letters may take up to two tokens each. */
const TOKENS_PER_NON_ASCII = 2;
/** Role, separators and the like, per message and per tool. */
const OVERHEAD_TOKENS = 8;
/** A large picture at full detail, as the dearest provider counts it. */
const IMAGE_TOKENS = 1_600;
/** What a model is taken to have written, from the number of UTF-16 units. */
const WRITTEN_PER_TOKEN = 4;

/**
 * An upper estimate of the tokens that prose and code take, in time linear to their length; dense
 * symbols (hex, base64, emoticons) can take more. The provider's own count replaces it when the
 * request is settled, and the difference is published as a metric. A tokenizer would be exact for one model family
 * and cost 150 ms to 1.2 s of every cold start.
 */
export function estimatePromptTokens(request: ChatRequest): number {
  let tokens = 0;
  for (const message of request.messages) tokens += messageTokens(message);
  for (const tool of request.tools ?? []) {
    tokens += OVERHEAD_TOKENS + tokensOf(JSON.stringify(tool.function));
  }
  if (request.response_format?.type === 'json_schema') {
    tokens += tokensOf(JSON.stringify(request.response_format.json_schema));
  }
  return tokens;
}

function messageTokens(message: ChatMessage): number {
  let tokens = OVERHEAD_TOKENS + tokensOf(textOf(message.content));
  if (message.role === 'user' && typeof message.content !== 'string') {
    tokens += IMAGE_TOKENS * message.content.filter((part) => part.type === 'image_url').length;
  }
  if (message.role === 'assistant') {
    tokens += tokensOf(message.refusal ?? '');
    for (const call of message.tool_calls ?? []) {
      tokens += OVERHEAD_TOKENS + tokensOf(call.function.name + call.function.arguments);
    }
  }
  return tokens;
}

function tokensOf(text: string): number {
  let nonAscii = 0;
  for (let index = 0; index < text.length; index += 1) {
    if (text.charCodeAt(index) > 127) nonAscii += 1;
  }
  return Math.ceil((text.length - nonAscii) / ASCII_PER_TOKEN) + nonAscii * TOKENS_PER_NON_ASCII;
}

/** What a model is taken to have written when its provider did not say; length in UTF-16 units. */
export const estimateTextTokens = (length: number): number => Math.ceil(length / WRITTEN_PER_TOKEN);

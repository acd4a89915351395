import { type ChatRequest, textOf } from './chat-request.ts';

/** UTF-16 units of a provider's message that reach the client. */
const LONGEST_MESSAGE = 300;
/** A run of this many units shared with the request is taken as a quotation of it. */
const QUOTED_RUN = 20;
/** A shorter text of the request counts as quoted only as a whole, and from this length on. */
const SHORTEST_QUOTED = 8;

/** Control and format characters: line breaks forge log lines, direction marks forge meaning. */
const UNPRINTABLE = /[\p{Cc}\p{Cf}]+/gu;
/** What API keys, AWS access key ids and bearer tokens look like. */
const CREDENTIAL = /\b(?:sk-|AKIA|ASIA|Bearer\s+)[\w.*~+/=-]{4,}/g;

/**
 * What a provider said about its refusal, fit to be shown to the caller: at most 300 UTF-16 units,
 * no control characters, no credentials, no final stop. Undefined when it said nothing, or quoted
 * the prompt: error messages end up in logs, and prompts must not.
 */
export function providerMessage(said: unknown, request: ChatRequest): string | undefined {
  if (typeof said !== 'string') return undefined;
  const text = said
    .slice(0, 4 * LONGEST_MESSAGE)
    .replace(UNPRINTABLE, ' ')
    .replace(CREDENTIAL, '[redacted]')
    .trim();
  const short =
    text.length <= LONGEST_MESSAGE
      ? text.replace(/\.$/, '')
      : `${text.slice(0, LONGEST_MESSAGE - 1).replace(/[\uD800-\uDBFF]$/, '')}…`;
  return short === '' || quotes(short, request) ? undefined : short;
}

function quotes(message: string, request: ChatRequest): boolean {
  for (const said of request.messages) {
    if (quotesText(message, textOf(said.content))) return true;
    if (said.role !== 'assistant') continue;
    for (const call of said.tool_calls ?? []) {
      if (quotesText(message, call.function.arguments)) return true;
    }
  }
  return false;
}

function quotesText(message: string, text: string): boolean {
  if (text.length < QUOTED_RUN) return text.length >= SHORTEST_QUOTED && message.includes(text);
  for (let start = 0; start + QUOTED_RUN <= message.length; start += 1) {
    if (text.includes(message.slice(start, start + QUOTED_RUN))) return true;
  }
  return false;
}

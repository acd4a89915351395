import type { ContentBlock, Message, SystemContentBlock } from '@aws-sdk/client-bedrock-runtime';
import {
  type AssistantMessage,
  type ChatMessage,
  type ToolCall,
  textOf,
  type UserContent,
} from '#core/chat/chat-request.ts';
import { type Outcome, succeeded } from '#core/failures/outcome.ts';
import { toImageBlock } from './to-image-block.ts';

type DocumentObject = Extract<ContentBlock, { toolUse: object }>['toolUse']['input'];

export interface ConverseMessages {
  readonly system: SystemContentBlock[];
  readonly messages: Message[];
}

/**
 * Messages as Converse wants them: system text apart, turns of user and assistant only, one message
 * a turn, no blank text.
 */
export function toMessages(messages: readonly ChatMessage[]): Outcome<ConverseMessages> {
  const system: SystemContentBlock[] = [];
  const turns: Turn[] = [];
  for (const [index, message] of messages.entries()) {
    if (isSystem(message)) {
      system.push(...textBlocks(textOf(message.content)));
      continue;
    }
    const blocks = toBlocks(message, `messages[${index}]`);
    if (!blocks.ok) return blocks;
    addToTurns(turns, message.role === 'assistant' ? 'assistant' : 'user', blocks.value);
  }
  return succeeded({ system, messages: turns });
}

interface Turn {
  readonly role: 'user' | 'assistant';
  readonly content: ContentBlock[];
}

function addToTurns(turns: Turn[], role: Turn['role'], blocks: readonly ContentBlock[]): void {
  if (blocks.length === 0) return;
  const last = turns.at(-1);
  if (last?.role === role) last.content.push(...blocks);
  else turns.push({ role, content: [...blocks] });
}

type SystemMessage = Extract<ChatMessage, { readonly role: 'system' | 'developer' }>;
type TurnMessage = Exclude<ChatMessage, SystemMessage>;

const isSystem = (message: ChatMessage): message is SystemMessage =>
  message.role === 'system' || message.role === 'developer';

function toBlocks(message: TurnMessage, path: string): Outcome<readonly ContentBlock[]> {
  switch (message.role) {
    case 'user':
      return userBlocks(message.content, path);
    case 'assistant':
      return succeeded(assistantBlocks(message));
    case 'tool': {
      const content = textBlocks(textOf(message.content));
      return succeeded([{ toolResult: { toolUseId: message.tool_call_id, content } }]);
    }
  }
}

function userBlocks(content: UserContent, path: string): Outcome<readonly ContentBlock[]> {
  if (typeof content === 'string') return succeeded(textBlocks(content));
  const blocks: ContentBlock[] = [];
  for (const [index, part] of content.entries()) {
    if (part.type === 'text') {
      blocks.push(...textBlocks(part.text));
      continue;
    }
    const image = toImageBlock(part.image_url.url, `${path}.content[${index}].image_url.url`);
    if (!image.ok) return image;
    blocks.push(image.value);
  }
  return succeeded(blocks);
}

const assistantBlocks = (message: AssistantMessage): ContentBlock[] => [
  ...textBlocks(textOf(message.content)),
  ...textBlocks(message.refusal ?? ''),
  ...(message.tool_calls ?? []).map((call) => ({
    toolUse: { toolUseId: call.id, name: call.function.name, input: inputOf(call) },
  })),
];

/** Bedrock refuses blank text. */
const textBlocks = (text: string): { text: string }[] => (text.trim() === '' ? [] : [{ text }]);

/**
 * Arguments as the object Bedrock demands. A model once wrote them, valid or not: what is not an
 * object is handed back as text, so that a conversation with one bad call in it can go on.
 */
function inputOf({ function: { arguments: text } }: ToolCall): DocumentObject {
  if (text.trim() === '') return {};
  try {
    const input = JSON.parse(text);
    if (typeof input === 'object' && input !== null && !Array.isArray(input)) return input;
  } catch {
    // Falls through to the text itself.
  }
  return { raw_arguments: text };
}

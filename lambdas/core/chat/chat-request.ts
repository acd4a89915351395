/**
 * A chat completion request after the OpenAI API, already parsed: the wire's own field names, so
 * that nothing is lost on the way to a provider that speaks the same language.
 *
 * @see https://platform.openai.com/docs/api-reference/chat/create
 */
export interface ChatRequest {
  readonly model: string;
  readonly messages: readonly ChatMessage[];
  readonly stream?: boolean;
  readonly stream_options?: { readonly include_usage?: boolean };
  /** Wins over `max_tokens` where both are given. */
  readonly max_completion_tokens?: number;
  readonly max_tokens?: number;
  readonly temperature?: number;
  readonly top_p?: number;
  readonly n?: number;
  readonly stop?: string | readonly string[];
  readonly seed?: number;
  readonly presence_penalty?: number;
  readonly frequency_penalty?: number;
  readonly logit_bias?: Readonly<Record<string, number>>;
  readonly tools?: readonly ToolDefinition[];
  readonly tool_choice?: ToolChoice;
  readonly parallel_tool_calls?: boolean;
  readonly response_format?: ResponseFormat;
  readonly reasoning_effort?: 'none' | 'minimal' | 'low' | 'medium' | 'high' | 'xhigh';
  /** The end user, for the provider's abuse detection; never trusted as an identity. */
  readonly user?: string;
  readonly metadata?: Readonly<Record<string, string>>;
}

export type ChatMessage =
  | { readonly role: 'system' | 'developer'; readonly content: TextContent; readonly name?: string }
  | { readonly role: 'user'; readonly content: UserContent; readonly name?: string }
  | AssistantMessage
  | { readonly role: 'tool'; readonly content: TextContent; readonly tool_call_id: string };

export interface AssistantMessage {
  readonly role: 'assistant';
  readonly content?: TextContent | null;
  readonly refusal?: string | null;
  readonly name?: string;
  readonly tool_calls?: readonly ToolCall[];
}

interface TextPart {
  readonly type: 'text';
  readonly text: string;
}

interface ImagePart {
  readonly type: 'image_url';
  /** Only `data:` URLs get this far: the platform never fetches what a caller names. */
  readonly image_url: { readonly url: string; readonly detail?: 'auto' | 'low' | 'high' };
}

type TextContent = string | readonly TextPart[];
export type UserContent = string | readonly (TextPart | ImagePart)[];

export interface ToolCall {
  readonly id: string;
  readonly type: 'function';
  /** `arguments` is JSON text as the model wrote it, valid or not. */
  readonly function: { readonly name: string; readonly arguments: string };
}

export interface ToolDefinition {
  readonly type: 'function';
  readonly function: {
    readonly name: string;
    readonly description?: string;
    readonly parameters?: Readonly<Record<string, unknown>>;
    readonly strict?: boolean | null;
  };
}

type ToolChoice =
  | 'none'
  | 'auto'
  | 'required'
  | { readonly type: 'function'; readonly function: { readonly name: string } };

export type ResponseFormat =
  | { readonly type: 'text' }
  | { readonly type: 'json_object' }
  | {
      readonly type: 'json_schema';
      readonly json_schema: {
        readonly name: string;
        readonly description?: string;
        readonly schema?: Readonly<Record<string, unknown>>;
        readonly strict?: boolean | null;
      };
    };

/** The text of a message's content, parts joined by a line break; empty for none. */
export function textOf(content: UserContent | null | undefined): string {
  if (content === null || content === undefined) return '';
  if (typeof content === 'string') return content;
  return content.map((part) => (part.type === 'text' ? part.text : '')).join('\n');
}

export const choicesAsked = (request: ChatRequest): number => request.n ?? 1;

export const maxTokensAsked = (request: ChatRequest): number | undefined =>
  request.max_completion_tokens ?? request.max_tokens;

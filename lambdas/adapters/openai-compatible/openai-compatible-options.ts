import type { ChatRequest } from '#core/chat/chat-request.ts';
import type { OutputCapField } from './wire-request.ts';

/** How to reach one server that speaks the OpenAI API, and what it can do. */
export interface OpenAiCompatibleOptions {
  /** Name of the provider in failure messages. */
  readonly name: string;
  /** Up to and including the version: `https://api.openai.com/v1`. */
  readonly baseUrl: string;
  /**
   * Reads the key for each call, so that a rotated one is picked up.
   *
   * @default no `authorization` is sent
   */
  readonly apiKey?: () => Promise<string>;
  /** @default `max_completion_tokens` for api.openai.com, else `max_tokens` */
  readonly outputCapField?: OutputCapField;
  /**
   * Request parameters this server would ignore or refuse, by their wire names.
   *
   * @default none
   */
  readonly unsupportedParameters?: readonly (keyof ChatRequest)[];
  /**
   * How long an unused connection is kept, in milliseconds; less than what the server keeps, or a
   * call may meet a closing one (uvicorn and Node keep theirs 5 s).
   *
   * @default 4_000
   */
  readonly idleConnectionMs?: number;
}

import { readFileSync } from 'node:fs';
import {
  answers,
  type Behaviour,
  type FakeProvider,
  startFakeProvider,
  writes,
} from './fake-provider.ts';

const fixture = (name: string): string =>
  readFileSync(new URL(`../fixtures/openai-compatible/${name}`, import.meta.url), 'utf8');

/** Answers given by a server that speaks the OpenAI API, as they came over the wire. */
export const openAiFixtures = {
  answer: fixture('answer.json'),
  answerStream: fixture('answer.sse'),
  toolCall: fixture('tool-call.json'),
  toolCallStream: fixture('tool-call.sse'),
  errorPage: fixture('bad-gateway.html'),
} as const;

/** A chunk as one SSE frame. */
const frame = (chunk: unknown): string => `data: ${JSON.stringify(chunk)}\n\n`;

/** A frame that says something. */
export const saysFrame = (content: string, index = 0): string =>
  frame({ choices: [{ index, delta: { content }, finish_reason: null }] });

/** A frame that ends a choice. */
export const finishFrame = (reason: string | null = 'stop', index = 0): string =>
  frame({ choices: [{ index, delta: {}, finish_reason: reason }] });

export const DONE = 'data: [DONE]\n\n';

/** Streams these pieces as they are cut. */
export const streams = (
  pieces: readonly (string | Uint8Array)[],
  ending: 'end' | 'reset' | 'silence' = 'end',
  contentType = 'text/event-stream',
): Behaviour => writes(pieces, { contentType, ending });

/** Refuses as the OpenAI API does. */
export const refuses = (
  status: number,
  error: { readonly message: string; readonly code?: string; readonly type?: string },
  headers: Readonly<Record<string, string>> = {},
): Behaviour =>
  answers({ error: { type: 'error', param: null, code: null, ...error } }, status, headers);

/** Streams when asked to, else answers whole. */
export const eitherWay =
  (whole: string, stream: string): Behaviour =>
  (request, response) =>
    (JSON.parse(request.body).stream ? streams([stream]) : answers(whole))(request, response);

/** A server that speaks the OpenAI API; greets the world until told otherwise. */
export const startFakeOpenAi = (): Promise<FakeProvider> =>
  startFakeProvider({
    otherwise: eitherWay(openAiFixtures.answer, openAiFixtures.answerStream),
  });

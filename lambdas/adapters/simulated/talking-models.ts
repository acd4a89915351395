import type { ChatEvent } from '#core/chat/chat-event.ts';
import { type ChatRequest, maxTokensAsked, textOf } from '#core/chat/chat-request.ts';
import { tokensOf, withinLimits } from './pieces.ts';
import { sampleOfSchema } from './sample-of-schema.ts';
import type { Scene } from './simulated-model.ts';

const LOREM = tokensOf(
  ' Lorem ipsum dolor sit amet, consectetur adipiscing elit, sed do eiusmod tempor incididunt ut ' +
    'labore et dolore magna aliqua. Ut enim ad minim veniam, quis nostrud exercitation ullamco ' +
    'laboris nisi ut aliquip ex ea commodo consequat.',
);
/** Tokens of lorem for a request without an output cap. */
const LOREM_TOKENS = 256;

/** Published test numbers: nobody's mail, card or account. */
const PII =
  'Sure: write to jane.doe@example.com, charge card 4111 1111 1111 1111 and refund to IBAN DE89 3704 0044 0532 0130 00. Anything else?';
/** Odd widths, so that every finding is cut somewhere. */
const PII_WIDTHS = [3, 7, 5, 2, 11] as const;

/** Repeats what the user said last. */
export const echo = (scene: Scene): Iterable<ChatEvent> =>
  speak(answerInFormat(scene.request, lastUserText(scene.request)), scene);

/** Echo, after a pause. */
export async function* slow(scene: Scene): AsyncGenerator<ChatEvent, void> {
  await scene.pause();
  yield* echo(scene);
}

/** Talks as long as it may: `finish_reason` is `length` unless a stop sequence comes first. */
export function* lorem(scene: Scene): Generator<ChatEvent, void> {
  const { request } = scene;
  if (request.response_format !== undefined && request.response_format.type !== 'text') {
    yield* speak(answerInFormat(request, 'Lorem ipsum'), scene);
    return;
  }
  const cap = maxTokensAsked(request) ?? LOREM_TOKENS;
  const text = Array.from({ length: cap + 1 }, (_, index) => LOREM[index % LOREM.length])
    .join('')
    .trimStart();
  yield* speak(text, { ...scene, request: { ...request, max_completion_tokens: cap } });
}

/** Says an e-mail address, a payment card and an IBAN, cut at odd places. */
export function* pii({ request, choice }: Scene): Generator<ChatEvent, void> {
  const { tokens, reason } = withinLimits(PII, request);
  const said = tokens.join('');
  for (let start = 0, turn = 0; start < said.length; turn += 1) {
    const width = PII_WIDTHS[turn % PII_WIDTHS.length] ?? 1;
    yield { type: 'content', choice, text: said.slice(start, start + width) };
    start += width;
  }
  yield { type: 'finish', choice, reason };
}

/** One event a token, then the finish. */
export function* speak(text: string, { request, choice }: Scene): Generator<ChatEvent, void> {
  const { tokens, reason } = withinLimits(text, request);
  for (const token of tokens) yield { type: 'content', choice, text: token };
  yield { type: 'finish', choice, reason };
}

/** JSON where JSON was asked for, so that clients that parse it can be tried. */
function answerInFormat({ response_format: format }: ChatRequest, text: string): string {
  if (format?.type === 'json_schema')
    return JSON.stringify(sampleOfSchema(format.json_schema.schema));
  return format?.type === 'json_object' ? JSON.stringify({ text }) : text;
}

function lastUserText({ messages }: ChatRequest): string {
  const last = messages.findLast((message) => message.role === 'user');
  return last === undefined ? '' : textOf(last.content);
}

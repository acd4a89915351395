import { CLIENT_IDS, type ClientId } from './clients.ts';

/** A behaviour that real clients depend on. */
export interface Row {
  readonly id: number;
  readonly title: string;
  /** What the gateway promises. */
  readonly rule: string;
  /** Who can see it; nobody, when it is proven elsewhere. */
  readonly clients: readonly ClientId[];
  /** Why the others cannot, or where else it is proven. */
  readonly note?: string;
}

const OPENAI = ['openai-6', 'openai-7', 'openai-python'] as const satisfies readonly ClientId[];
const NOT_SHOWN = 'the SDKs do not show it';
const OWN_RETRIES = 'decides on retries by status alone';

/** In the order of the behaviours that were found with real SDKs. */
export const ROWS: readonly Row[] = [
  {
    id: 1,
    title: 'errors are objects of four members',
    rule: 'Every answer of 400 or more is `{"error":{message,type,param,code}}`, the edge’s own included. What API Gateway says itself is in its template: `test/synth/api.test.ts`.',
    clients: CLIENT_IDS,
  },
  {
    id: 2,
    title: 'statuses are those clients have a class for',
    rule: '400, 401, 403, 404, 429 and 503 become the SDK’s own error classes.',
    clients: ['openai-6', 'openai-7', 'openai-python', 'ai-sdk', 'langchain'],
    note: '`fetch` has no classes',
  },
  {
    id: 3,
    title: 'x-should-retry: false is one call',
    rule: 'A spent budget is not asked for again; a provider’s trouble may be.',
    clients: ['fetch', ...OPENAI],
    note: `\`ai\` and LangChain: ${OWN_RETRIES}`,
  },
  {
    id: 4,
    title: 'retry-after is short, in both spellings',
    rule: '`retry-after` and `retry-after-ms` come together and never exceed 60 s; longer waits are told in words.',
    clients: ['fetch', ...OPENAI],
    note: `\`ai\` and LangChain: ${NOT_SHOWN}`,
  },
  {
    id: 5,
    title: 'x-request-id is the audit id',
    rule: 'On answers and on errors, and the audit record has the same id.',
    clients: CLIENT_IDS,
  },
  {
    id: 6,
    title: 'x-ratelimit-* tell what is left',
    rule: 'Limit, remaining and reset, for requests and tokens, where the tenant has such a limit.',
    clients: ['fetch', ...OPENAI],
    note: `\`ai\` and LangChain: ${NOT_SHOWN}`,
  },
  {
    id: 7,
    title: 'streams are text/event-stream',
    rule: 'With `cache-control: no-cache` and without content encoding.',
    clients: ['fetch'],
    note: NOT_SHOWN,
  },
  {
    id: 8,
    title: 'SSE frames are whole',
    rule: 'Only `data:` lines and comments, each frame ended by a blank line. Pings: `test/unit/gateway/gateway.test.ts`.',
    clients: ['fetch'],
    note: 'the SDKs read frames and show chunks',
  },
  {
    id: 9,
    title: 'the verdict comes before [DONE]',
    rule: 'What the guardrail did is in the chunk that ends the answer; nothing follows `[DONE]`.',
    clients: ['fetch'],
    note: 'the SDKs stop at `[DONE]`',
  },
  {
    id: 10,
    title: '[DONE] ends a success and no failure',
    rule: 'Always after an answer, never after an error.',
    clients: ['fetch'],
    note: NOT_SHOWN,
  },
  {
    id: 11,
    title: 'a truncated stream is an error',
    rule: 'A provider that ends without a finish becomes an error in the stream, never a short success.',
    clients: CLIENT_IDS,
  },
  {
    id: 12,
    title: 'errors in a stream keep their code and are not retried',
    rule: '`data:{"error":…}` after the first content; before it a status of its own.',
    clients: CLIENT_IDS,
  },
  {
    id: 13,
    title: 'the first delta carries the role',
    rule: 'Of every choice, so that stream helpers work.',
    clients: CLIENT_IDS,
  },
  {
    id: 14,
    title: 'tool calls are dense and complete',
    rule: '`index` in every fragment, `id`, `type` and name in the first, arguments as fragments of one string.',
    clients: CLIENT_IDS,
  },
  {
    id: 15,
    title: 'finish_reason is one the API knows',
    rule: '`stop`, `length`, `tool_calls` and `content_filter`, each where it belongs.',
    clients: ['openai-6', 'openai-7', 'openai-python', 'ai-sdk', 'langchain'],
    note: '`fetch`: seen in rows 9 to 14',
  },
  {
    id: 16,
    title: 'usage in a stream comes when asked for',
    rule: 'One last chunk without choices; `usage: null` before it, and none at all when nobody asked.',
    clients: CLIENT_IDS,
  },
  {
    id: 17,
    title: 'usage has its details',
    rule: '`prompt_tokens_details.cached_tokens` and `completion_tokens_details.reasoning_tokens`.',
    clients: ['openai-6', 'openai-7', 'openai-python', 'ai-sdk', 'langchain'],
    note: '`fetch`: the same body',
  },
  {
    id: 18,
    title: 'all chunks belong together',
    rule: 'One `id`, `created`, `model` and `object` in all of a stream.',
    clients: ['fetch', ...OPENAI],
    note: `\`ai\` and LangChain: ${NOT_SHOWN}`,
  },
  {
    id: 19,
    title: 'nulls are explicit',
    rule: '`content` null beside tool calls, `refusal`, `logprobs` and `index` always there.',
    clients: ['fetch', ...OPENAI],
    note: `\`ai\` and LangChain: ${NOT_SHOWN}`,
  },
  {
    id: 20,
    title: 'content may be null, text or parts, on every role',
    rule: 'System, developer, user, assistant and tool messages alike.',
    clients: ['openai-6', 'openai-7', 'openai-python', 'langchain'],
    note: '`fetch`: the same body; `ai` builds its messages itself',
  },
  {
    id: 21,
    title: 'max_completion_tokens goes before max_tokens',
    rule: 'Both are taken; with both the newer one counts.',
    clients: OPENAI,
    note: 'the others send one of the two',
  },
  {
    id: 22,
    title: 'json_schema gives JSON of the schema',
    rule: 'Never silently ignored. The simulated model answers by the schema; how Bedrock is asked: `test/unit/adapters/bedrock`.',
    clients: ['openai-6', 'openai-7', 'openai-python', 'ai-sdk', 'langchain'],
    note: '`fetch`: the same body',
  },
  {
    id: 23,
    title: 'n is honoured, what is not offered is refused',
    rule: 'Choices are numbered; `logprobs` is 400 `unsupported_parameter` and never dropped.',
    clients: OPENAI,
    note: 'the others send neither',
  },
  {
    id: 24,
    title: 'models are listed, and an unknown one is 404',
    rule: '`model_not_found` for a name no route has; the served model is named, none is remapped.',
    clients: CLIENT_IDS,
  },
  {
    id: 25,
    title: 'a client that leaves is noticed',
    rule: 'Locally and on ECS the provider is let go, and the record says so; Lambda is not told of it.',
    clients: OPENAI,
    note: 'breaking off is the same close of the socket for all',
  },
  {
    id: 26,
    title: 'browsers may ask and may read',
    rule: 'Preflight without credential, only allowed origins, headers exposed; on errors too.',
    clients: ['fetch'],
    note: 'a matter of browsers',
  },
  {
    id: 27,
    title: 'HEAD / and GET /health need no credential',
    rule: '200, and no data.',
    clients: ['fetch'],
    note: 'no SDK asks',
  },
  {
    id: 28,
    title: 'a retry is known as one',
    rule: '`x-stainless-retry-count` is in the audit record. `Idempotency-Key` is not honoured yet.',
    clients: OPENAI,
    note: 'only the OpenAI SDKs count',
  },
  {
    id: 29,
    title: 'no character is cut in two',
    rule: 'Frames are written whole, so that no read ends inside a character.',
    clients: CLIENT_IDS,
  },
  {
    id: 30,
    title: 'the platform’s limits leave room for streams',
    rule: 'REST, REGIONAL, `responseTransferMode: STREAM`, 15 minutes.',
    clients: [],
    note: 'in the template: `test/synth/api.test.ts`',
  },
];

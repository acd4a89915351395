interface Header {
  readonly description: string;
  readonly schema: object;
  readonly example?: string;
}

const text = { type: 'string' };
const whole = { type: 'integer', minimum: 0 };

/** Go's notation of a duration, as the OpenAI API has it. */
const duration = { type: 'string', pattern: '^(\\d+ms|[\\d.]+s|\\d+m\\d+s)$' };

/** Every answer header that means something, by name. */
export const headers = {
  'x-request-id': {
    description: 'Id of the request, also of its audit record (ULID).',
    schema: text,
    example: '01KAR1C0MG4Q1M9X4M2V8YB3RZ',
  },
  'x-should-retry': {
    description: 'Whether sending the same request again can help. OpenAI’s SDKs obey it.',
    schema: { type: 'string', enum: ['true', 'false'] },
  },
  'retry-after': {
    description: 'Seconds to wait; only when they are at most 60.',
    schema: whole,
  },
  'retry-after-ms': {
    description: 'Milliseconds to wait; only when they are at most 60,000.',
    schema: whole,
  },
  'x-ratelimit-limit-requests': {
    description: 'Requests a minute, of tenant or key: whichever has the least left.',
    schema: whole,
  },
  'x-ratelimit-remaining-requests': { description: 'Requests left of them.', schema: whole },
  'x-ratelimit-reset-requests': {
    description: 'Until the minute is over.',
    schema: duration,
    example: '17.3s',
  },
  'x-ratelimit-limit-tokens': {
    description: 'Tokens a minute, of tenant or key: whichever has the least left.',
    schema: whole,
  },
  'x-ratelimit-remaining-tokens': {
    description: 'Tokens left of them, reservations counted as used.',
    schema: whole,
  },
  'x-ratelimit-reset-tokens': {
    description: 'Until the minute is over.',
    schema: duration,
    example: '840ms',
  },
  'x-ballast-model': {
    description: 'The target that answered: `provider/model`.',
    schema: text,
    example: 'bedrock/anthropic.claude-sonnet-4',
  },
  'x-ballast-guardrail': {
    description: 'What the guardrail made of request and answer; only on whole answers.',
    schema: { type: 'string', enum: ['allow', 'flag', 'redact', 'block'] },
  },
  etag: { description: 'The version; send it back as `if-match`.', schema: text, example: '"3"' },
} as const satisfies Readonly<Record<string, Header>>;

export type HeaderName = keyof typeof headers;

export const headerRefs = (...names: readonly HeaderName[]): Record<string, object> =>
  Object.fromEntries(names.map((name) => [name, { $ref: `#/components/headers/${name}` }]));

const names = Object.keys(headers) as HeaderName[];

/** What a decision of the quota adds to an answer. */
export const rateLimitHeaders: readonly HeaderName[] = names.filter((name) =>
  name.startsWith('x-ratelimit-'),
);

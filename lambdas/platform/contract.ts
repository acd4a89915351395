import * as v from 'valibot';
import type { GuardrailPolicy } from '#core/guardrail/policy.ts';
import type { Price } from '#core/quota/price.ts';
import type { Route } from '#core/routing/route.ts';

const positive = v.pipe(v.number(), v.integer(), v.minValue(1));
/** Milliseconds, at most what API Gateway and Lambda give a request. */
const duration = v.pipe(positive, v.maxValue(900_000));
const name = v.pipe(
  v.string(),
  v.regex(/^[a-z0-9][a-z0-9._/:-]{0,127}$/i, 'expected letters, digits and ._/:- (at most 128)'),
);

const targetSchema = v.strictObject({
  provider: name,
  // It is sent in a header.
  model: v.pipe(
    v.string(),
    v.regex(/^[\x21-\x7e]{1,256}$/, 'expected 1 to 256 printable ASCII characters'),
  ),
  weight: v.optional(v.pipe(v.number(), v.minValue(0)), 1),
  maxOutputTokens: v.optional(positive, 4096),
});

export const routeSchema = v.strictObject({
  name,
  description: v.optional(v.string(), ''),
  targets: v.pipe(v.array(targetSchema), v.minLength(1, 'expected at least one target')),
  defaultMaxTokens: v.optional(positive, 1024),
  firstByteTimeoutMs: v.optional(duration, 30_000),
  idleTimeoutMs: v.optional(duration, 60_000),
  answerTimeoutMs: v.optional(duration, 120_000),
  deadlineMs: v.optional(duration, 600_000),
  commitAfterMs: v.optional(duration, 20_000),
  maxAttempts: v.optional(positive, 3),
  dropParams: v.optional(v.boolean(), false),
  guardrailPolicy: v.optional(name, 'default'),
}) satisfies v.GenericSchema<unknown, Route>;

export const guardrailPolicySchema = v.strictObject({
  id: name,
  rules: v.array(
    v.strictObject({
      detector: name,
      action: v.picklist(['block', 'redact', 'flag']),
      direction: v.optional(v.picklist(['input', 'output', 'both']), 'both'),
    }),
  ),
}) satisfies v.GenericSchema<unknown, GuardrailPolicy>;

const nanoPerToken = v.pipe(v.number(), v.minValue(0));

const priceSchema = v.strictObject({
  inputNanoUsd: nanoPerToken,
  outputNanoUsd: nanoPerToken,
  cachedInputNanoUsd: v.exactOptional(nanoPerToken),
  cacheWriteNanoUsd: v.exactOptional(nanoPerToken),
}) satisfies v.GenericSchema<unknown, Price>;

/** Prices as of one day, by target name (`provider/model`). */
export const priceFileSchema = v.strictObject({
  asOf: v.pipe(v.string(), v.isoDate('expected a date such as 2026-11-23')),
  sources: v.array(v.string()),
  prices: v.record(v.string(), priceSchema),
});

/** A provider besides `simulated`, which exists only in local wiring. */
export const providerSchema = v.variant('kind', [
  v.strictObject({
    kind: v.literal('bedrock'),
    /** @default the platform's own region */
    region: v.exactOptional(v.string()),
  }),
  v.strictObject({
    kind: v.literal('openai-compatible'),
    /** Up to and including the version: `https://api.openai.com/v1`. */
    baseUrl: v.pipe(v.string(), v.url()),
    /** Secrets Manager secret that holds the key as its whole text; absent for none. */
    apiKeySecretArn: v.exactOptional(v.string()),
  }),
]);

/** What a deployment decides and the bundle carries: one hashed JSON file beside the code. */
export const platformFileSchema = v.strictObject({
  routes: v.array(routeSchema),
  guardrailPolicies: v.array(guardrailPolicySchema),
  prices: priceFileSchema,
  providers: v.record(name, providerSchema),
});

export type PlatformFile = v.InferOutput<typeof platformFileSchema>;
export type ProviderDefinition = v.InferOutput<typeof providerSchema>;

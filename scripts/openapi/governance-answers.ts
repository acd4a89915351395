import * as v from 'valibot';
import { SCOPES } from '#core/identity/caller.ts';
import { usageSchema } from './answers.ts';

/** What the governance door answers, as strictly as {@link usageSchema} and its neighbours. */

const count = v.pipe(v.number(), v.integer(), v.minValue(0));
const nullableText = v.nullable(v.string());
const usd = v.pipe(v.string(), v.regex(/^-?\d+(\.\d+)?$/));
const time = v.pipe(v.string(), v.isoTimestamp());
const verdict = v.picklist(['allow', 'flag', 'redact', 'block', 'error']);

const keyLimits = {
  requests_per_minute: v.nullable(count),
  tokens_per_minute: v.nullable(count),
  tokens_per_day: v.nullable(count),
  usd_per_day: v.nullable(usd),
  usd_per_month: v.nullable(usd),
};
export const keyLimitsAnswer = v.strictObject(keyLimits);
export const limitsAnswer = v.strictObject({
  ...keyLimits,
  concurrent_requests: v.nullable(count),
});

export const usageReportSchema = v.strictObject({
  object: v.literal('usage'),
  tenant: v.string(),
  month: v.pipe(v.string(), v.regex(/^\d{4}-\d{2}$/), v.description('Calendar month, UTC.')),
  requests: count,
  tokens: count,
  cost_usd: usd,
  limits: v.strictObject({ tenant: limitsAnswer, key: v.nullable(limitsAnswer) }),
});

const assessment = v.nullable(
  v.strictObject({
    verdict,
    findings: v.array(
      v.strictObject({
        detector: v.string(),
        action: v.picklist(['block', 'redact', 'flag']),
        location: v.string(),
        start: count,
        end: count,
      }),
    ),
  }),
);

const { usage_source: _apart, ...tokenCounts } = usageSchema.entries;

export const auditRecordSchema = v.strictObject({
  object: v.literal('audit.record'),
  id: v.string(),
  tenant: v.string(),
  key: v.string(),
  route: nullableText,
  started_at: time,
  ended_at: v.nullable(time),
  outcome: v.pipe(
    v.nullable(v.picklist(['completed', 'blocked', 'refused', 'failed', 'partial', 'abandoned'])),
    v.description('Null while the inference is under way.'),
  ),
  failure: v.pipe(nullableText, v.description('The error code, unless the outcome is completed.')),
  attempts: v.array(
    v.strictObject({
      target: v.string(),
      started_at: time,
      duration_ms: v.number(),
      first_content_ms: v.nullable(v.number()),
      outcome: v.string(),
    }),
  ),
  served_model: nullableText,
  usage: v.nullable(v.strictObject(tokenCounts)),
  usage_source: v.nullable(v.picklist(['provider', 'estimated'])),
  cost_usd: v.nullable(usd),
  sequence: v.pipe(
    v.nullable(v.number()),
    v.description('From the quota reservation: a gap in the sequence is a lost record.'),
  ),
  guardrail: v.strictObject({ input: assessment, output: assessment }),
  response_hash: nullableText,
  bodies: v.nullable(v.strictObject({ request: nullableText, response: nullableText })),
  truncated: v.array(v.picklist(['bodies', 'findings'])),
  unrecorded_refusals: count,
  stream: v.nullable(v.boolean()),
  max_attempts: v.nullable(count),
  reserved: v.nullable(v.strictObject({ requests: count, tokens: count, cost_usd: usd })),
  policy: v.nullable(v.strictObject({ id: v.string(), hash: v.string() })),
  client_retry: v.nullable(count),
  request_hash: nullableText,
});

export const tenantSchema = v.strictObject({
  object: v.literal('tenant'),
  id: v.string(),
  name: v.string(),
  status: v.picklist(['active', 'suspended']),
  limits: limitsAnswer,
  routes: v.pipe(v.nullable(v.array(v.string())), v.description('Null for all.')),
  guardrail_policy: v.pipe(nullableText, v.description('Null for each route’s own.')),
  bodies: v.picklist(['full', 'redacted', 'hash-only']),
  version: count,
});

export const keySchema = v.strictObject({
  object: v.literal('key'),
  id: v.string(),
  tenant: v.string(),
  name: v.string(),
  status: v.picklist(['active', 'revoked']),
  scopes: v.array(v.picklist(SCOPES)),
  limits: keyLimitsAnswer,
  created_at: time,
  expires_at: v.nullable(time),
  version: count,
});

export const newKeyAnswer = v.strictObject({
  ...keySchema.entries,
  secret: v.pipe(v.string(), v.description('Shown here once and never again.')),
});

export const routeAnswer = v.strictObject({
  object: v.literal('route'),
  name: v.string(),
  description: v.string(),
  targets: v.array(
    v.strictObject({
      provider: v.string(),
      model: v.string(),
      weight: v.number(),
      max_output_tokens: count,
    }),
  ),
  default_max_tokens: count,
  first_byte_timeout_ms: count,
  idle_timeout_ms: count,
  answer_timeout_ms: count,
  deadline_ms: count,
  commit_after_ms: count,
  max_attempts: count,
  drop_params: v.boolean(),
  guardrail_policy: v.string(),
});

export const clientAnswer = v.strictObject({
  object: v.literal('client'),
  client_id: v.string(),
  tenant: v.string(),
});

/** A page of `item`: send `next` back as `?after=` for the page behind. */
const pageOf = <T extends v.GenericSchema>(item: T) =>
  v.strictObject({
    object: v.literal('list'),
    data: v.array(item),
    has_more: v.boolean(),
    next: nullableText,
  });

export const tenantPage = pageOf(tenantSchema);
export const keyPage = pageOf(keySchema);
export const routePage = pageOf(routeAnswer);

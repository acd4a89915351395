import * as v from 'valibot';
import { failurePolicies } from '#core/failures/failure.ts';
import { edgeErrors } from '../../lambdas/authorizer/contract.ts';

/** What the inference doors answer. Strict, so that a test notices a member nobody wrote down. */

const count = v.pipe(v.number(), v.integer(), v.minValue(0));
const nullableText = v.nullable(v.string());
const verdict = v.picklist(['allow', 'flag', 'redact', 'block', 'error']);
const finishReason = v.picklist(['stop', 'length', 'tool_calls', 'content_filter']);

export const errorCodes = [
  ...new Set([
    ...Object.keys(failurePolicies),
    ...Object.values(edgeErrors).map(({ code }) => code),
  ]),
].sort();

const errorTypes = [...new Set(Object.values(failurePolicies).map(({ type }) => type))].sort();

export const errorSchema = v.strictObject({
  error: v.strictObject({
    message: v.pipe(
      v.string(),
      v.description('What was wrong, the value received, the way out; never prompt text.'),
    ),
    type: v.picklist(errorTypes),
    param: v.pipe(
      nullableText,
      v.description('The request field at fault, as a path: `messages[2].content`.'),
    ),
    code: v.picklist(errorCodes),
  }),
});

export const usageSchema = v.strictObject({
  prompt_tokens: count,
  completion_tokens: count,
  total_tokens: count,
  prompt_tokens_details: v.strictObject({
    cached_tokens: count,
    cache_write_tokens: v.exactOptional(count),
  }),
  completion_tokens_details: v.strictObject({ reasoning_tokens: count }),
  usage_source: v.pipe(
    v.picklist(['provider', 'estimated']),
    v.description('Whose count it is: an estimate is never passed off as the provider’s figure.'),
  ),
});

const toolCallSchema = v.strictObject({
  id: v.string(),
  type: v.literal('function'),
  function: v.strictObject({ name: v.string(), arguments: v.string() }),
});

export const guardrailNoteSchema = v.strictObject({
  verdict,
  findings: v.array(
    v.strictObject({
      detector: v.string(),
      action: v.picklist(['block', 'redact', 'flag']),
      location: v.string(),
    }),
  ),
});

export const chatCompletionSchema = v.strictObject({
  id: v.string(),
  object: v.literal('chat.completion'),
  created: v.pipe(count, v.description('Seconds since the epoch.')),
  model: v.pipe(v.string(), v.description('The target that answered: `provider/model`.')),
  choices: v.array(
    v.strictObject({
      index: count,
      message: v.strictObject({
        role: v.literal('assistant'),
        content: nullableText,
        refusal: nullableText,
        reasoning_content: v.exactOptional(v.string()),
        tool_calls: v.exactOptional(v.array(toolCallSchema)),
      }),
      logprobs: v.null(),
      finish_reason: finishReason,
    }),
  ),
  usage: usageSchema,
  system_fingerprint: v.null(),
  guardrail: v.exactOptional(guardrailNoteSchema),
});

const toolCallDelta = v.strictObject({
  index: count,
  id: v.exactOptional(v.string()),
  type: v.exactOptional(v.literal('function')),
  function: v.strictObject({ name: v.exactOptional(v.string()), arguments: v.string() }),
});

export const chatChunkSchema = v.strictObject({
  id: v.string(),
  object: v.literal('chat.completion.chunk'),
  created: count,
  model: v.string(),
  system_fingerprint: v.null(),
  choices: v.pipe(
    v.array(
      v.strictObject({
        index: count,
        delta: v.strictObject({
          role: v.exactOptional(v.literal('assistant')),
          content: v.exactOptional(nullableText),
          refusal: v.exactOptional(v.string()),
          reasoning_content: v.exactOptional(v.string()),
          tool_calls: v.exactOptional(v.array(toolCallDelta)),
        }),
        logprobs: v.null(),
        finish_reason: v.nullable(finishReason),
      }),
    ),
    v.description('Empty in the last chunk when `stream_options.include_usage` was asked for.'),
  ),
  usage: v.exactOptional(v.nullable(usageSchema)),
  guardrail: v.exactOptional(guardrailNoteSchema),
});

export const modelSchema = v.strictObject({
  id: v.string(),
  object: v.literal('model'),
  created: count,
  owned_by: v.string(),
});

export const modelListSchema = v.strictObject({
  object: v.literal('list'),
  data: v.array(modelSchema),
});

export const moderationSchema = v.strictObject({
  id: v.string(),
  model: v.string(),
  results: v.array(
    v.strictObject({
      flagged: v.boolean(),
      categories: v.record(v.string(), v.boolean()),
      category_scores: v.pipe(
        v.record(v.string(), v.number()),
        v.description('0 or 1: these detectors check, they do not guess.'),
      ),
      category_applied_input_types: v.record(v.string(), v.array(v.literal('text'))),
      ballast: v.strictObject({
        policy: v.pipe(v.string(), v.description('The guardrail policy of the caller.')),
        verdict,
      }),
    }),
  ),
});

export const healthSchema = v.strictObject({ status: v.literal('ok') });

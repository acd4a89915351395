import * as v from 'valibot';
import type { Attempt } from '#core/audit/audit-record.ts';
import type { MeteredUsage } from '#core/chat/usage.ts';
import { type FailureCode, failurePolicies } from '#core/failures/failure.ts';
import { ACTIONS, type Assessment, type Verdict } from '#core/guardrail/finding.ts';

const integer = v.pipe(v.number(), v.safeInteger());
const orNull = v.nullable(integer);

const VERDICTS = [
  'allow',
  'flag',
  'redact',
  'block',
  'error',
] as const satisfies readonly Verdict[];

const ATTEMPT_OUTCOMES = [
  'completed',
  ...(Object.keys(failurePolicies) as FailureCode[]),
] as const satisfies readonly Attempt['outcome'][];

/** `[target, started after the request by ms, duration ms, first content ms, outcome]` */
export const attemptSchema = v.strictTuple([
  v.string(),
  integer,
  integer,
  orNull,
  v.picklist(ATTEMPT_OUTCOMES),
]);

type AttemptTuple = v.InferOutput<typeof attemptSchema>;

export const attemptTuple =
  (requestStartedAtMs: number) =>
  (attempt: Attempt): AttemptTuple => [
    attempt.target,
    attempt.startedAtMs - requestStartedAtMs,
    attempt.durationMs,
    attempt.firstContentMs ?? null,
    attempt.outcome,
  ];

export const attemptOf =
  (requestStartedAtMs: number) =>
  ([target, afterMs, durationMs, firstContentMs, outcome]: AttemptTuple): Attempt => ({
    target,
    startedAtMs: requestStartedAtMs + afterMs,
    durationMs,
    ...(firstContentMs === null ? {} : { firstContentMs }),
    outcome,
  });

/** `[prompt, completion, total, cached, cache writes, reasoning, source]` */
export const usageSchema = v.strictTuple([
  integer,
  integer,
  integer,
  integer,
  orNull,
  integer,
  v.picklist(['provider', 'estimated']),
]);

type UsageTuple = v.InferOutput<typeof usageSchema>;

export const usageTuple = ({ usage, source }: MeteredUsage): UsageTuple => [
  usage.prompt_tokens,
  usage.completion_tokens,
  usage.total_tokens,
  usage.prompt_tokens_details.cached_tokens,
  usage.prompt_tokens_details.cache_write_tokens ?? null,
  usage.completion_tokens_details.reasoning_tokens,
  source,
];

export function usageOfTuple(tuple: UsageTuple): MeteredUsage {
  const [prompt, completion, total, cached, written, reasoning, source] = tuple;
  return {
    usage: {
      prompt_tokens: prompt,
      completion_tokens: completion,
      total_tokens: total,
      prompt_tokens_details: {
        cached_tokens: cached,
        ...(written === null ? {} : { cache_write_tokens: written }),
      },
      completion_tokens_details: { reasoning_tokens: reasoning },
    },
    source,
  };
}

/** `[detector, action, location, start, end]` */
const findingSchema = v.strictTuple([
  v.string(),
  v.picklist(ACTIONS),
  v.string(),
  integer,
  integer,
]);

/** The verdict, followed by the findings. */
export const assessmentSchema = v.strictTuple([v.picklist(VERDICTS), v.array(findingSchema)]);

export type AssessmentTuple = v.InferOutput<typeof assessmentSchema>;

export const assessmentTuple = ({ verdict, findings }: Assessment): AssessmentTuple => [
  verdict,
  findings.map(({ detector, action, location, start, end }) => [
    detector,
    action,
    location,
    start,
    end,
  ]),
];

export const assessmentOf = ([verdict, findings]: AssessmentTuple): Assessment => ({
  verdict,
  findings: findings.map(([detector, action, location, start, end]) => ({
    detector,
    action,
    location,
    start,
    end,
  })),
});

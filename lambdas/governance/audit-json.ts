import type {
  Attempt,
  AuditCompletion,
  AuditIntent,
  AuditRecord,
} from '#core/audit/audit-record.ts';
import { formatUsd } from '#core/governance/usd.ts';
import type { Assessment } from '#core/guardrail/finding.ts';

/**
 * Both halves of a record as one object; every member is always there, `null` for what is not known.
 *
 * While only the intent exists, `outcome` and `ended_at` are null. Undefined for an empty record.
 */
export function auditJson({ intent, completion }: AuditRecord): object | undefined {
  const half = completion ?? intent;
  if (half === undefined) return undefined;
  return {
    object: 'audit.record',
    id: half.id,
    tenant: half.tenantId,
    key: half.keyId,
    route: completion?.route ?? intent?.route ?? null,
    started_at: isoTime(half.startedAtMs),
    ...outcomeJson(completion),
    ...intentJson(intent),
    request_hash: completion?.requestHash ?? intent?.requestHash ?? null,
  };
}

const isoTime = (timeMs: number): string => new Date(timeMs).toISOString();

function outcomeJson(completion: Partial<AuditCompletion> = {}): object {
  const { endedAtMs, usage, nanoUsd, input, output } = completion;
  return {
    ended_at: endedAtMs === undefined ? null : isoTime(endedAtMs),
    outcome: completion.outcome ?? null,
    failure: completion.failure ?? null,
    attempts: completion.attempts?.map(attemptJson) ?? [],
    served_model: completion.served ?? null,
    usage: usage?.usage ?? null,
    usage_source: usage?.source ?? null,
    cost_usd: nanoUsd === undefined ? null : formatUsd(nanoUsd),
    sequence: completion.seq ?? null,
    guardrail: { input: assessmentJson(input), output: assessmentJson(output) },
    response_hash: completion.responseHash ?? null,
    bodies: bodiesJson(completion.bodies),
    truncated: completion.truncated ?? [],
    unrecorded_refusals: completion.unrecordedRefusals ?? 0,
  };
}

function intentJson(intent: AuditIntent | undefined): object {
  return {
    stream: intent?.stream ?? null,
    max_attempts: intent?.maxAttempts ?? null,
    reserved:
      intent === undefined
        ? null
        : {
            requests: intent.reserved.requests,
            tokens: intent.reserved.tokens,
            cost_usd: formatUsd(intent.reserved.nanoUsd),
          },
    policy: intent === undefined ? null : { id: intent.policyId, hash: intent.policyHash },
    client_retry: intent?.clientRetry ?? null,
  };
}

const attemptJson = (attempt: Attempt): object => ({
  target: attempt.target,
  started_at: isoTime(attempt.startedAtMs),
  duration_ms: attempt.durationMs,
  first_content_ms: attempt.firstContentMs ?? null,
  outcome: attempt.outcome,
});

/** Names each member, so that nothing a finding might one day carry slips out with it. */
const assessmentJson = (assessment: Assessment | undefined): object | null =>
  assessment === undefined
    ? null
    : {
        verdict: assessment.verdict,
        findings: assessment.findings.map(({ detector, action, location, start, end }) => ({
          detector,
          action,
          location,
          start,
          end,
        })),
      };

const bodiesJson = (bodies: AuditCompletion['bodies']): object | null =>
  bodies === undefined
    ? null
    : { request: bodies.request ?? null, response: bodies.response ?? null };

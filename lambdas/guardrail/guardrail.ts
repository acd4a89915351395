import type { AuditLog, AuditSpill } from '#core/audit/audit-log.ts';
import type { AuditCompletion } from '#core/audit/audit-record.ts';
import type { RefusalLimiter } from '#core/audit/refusal-limiter.ts';
import { Failure, failurePolicies, toFailure } from '#core/failures/failure.ts';
import { failed, type Outcome, succeeded } from '#core/failures/outcome.ts';
import type { Guard } from '#core/guardrail/guard.ts';
import { type Caller, hasScope } from '#core/identity/caller.ts';
import type { Clock } from '#core/time/clock.ts';
import type { NewId } from '#core/time/ulid.ts';
import { corsHeaders } from '#runtime/cors.ts';
import { errorBody, respondWithFailure } from '#runtime/error-response.ts';
import type { Door, HttpRequest } from '#runtime/http.ts';
import { count, type Log, type Metrics } from '#runtime/observability.ts';
import { guardrailMetrics } from './contract.ts';
import type { Moderation, Moderator } from './moderate.ts';
import { parseModerationRequest } from './parse-moderation-request.ts';

export interface GuardrailParts {
  readonly clock: Pick<Clock, 'nowMs'>;
  readonly newId: NewId;
  /** SHA-256, lower-case hex. */
  readonly hash: (text: string) => string;
  readonly moderator: Moderator;
  /** By policy id. */
  readonly guards: ReadonlyMap<string, Guard>;
  readonly audit: AuditLog;
  readonly spill: AuditSpill;
  readonly refusals: RefusalLimiter;
  readonly log: Log;
  readonly metrics: Metrics;
  /** Origins browsers may call from, comma-separated. */
  readonly allowedOrigins?: string | undefined;
}

const PATH = '/v1/moderations';
const DEFAULT_POLICY = 'default';

/** What came of a call: an answer, or the failure to tell. */
type Judged =
  | { readonly body: string; readonly moderation: Moderation }
  | { readonly failure: Failure };

/**
 * The guardrail by itself: `POST /v1/moderations` in the OpenAI shape, judged by the detectors that
 * guard every completion.
 *
 * No intent is written, for no model is called; so the record is made before the answer goes out.
 */
export function createGuardrail(parts: GuardrailParts): Door {
  return async (request, responder) => {
    const startedAtMs = parts.clock.nowMs();
    const id = parts.newId(startedAtMs);
    const headers = {
      'x-request-id': id,
      ...corsHeaders(request.headers['origin'], parts.allowedOrigins),
    };
    const judged = judge(request, id, parts);
    if (request.caller !== undefined) {
      await record(judged, { id, startedAtMs, request, caller: request.caller }, parts);
    }
    measure(judged, parts.metrics);
    if ('failure' in judged) return respondWithFailure(responder, judged.failure, headers);
    responder.start(200, { ...headers, 'content-type': 'application/json' });
    await responder.end(judged.body);
  };
}

function judge(request: HttpRequest, id: string, parts: GuardrailParts): Judged {
  try {
    const caller = admit(request);
    const { model, inputs } = parseModerationRequest(request.body);
    const policy = policyOf(caller, parts.guards);
    const moderation = moderate(inputs, policy, parts.moderator);
    if (!moderation.ok) throw moderation.failure;
    const { results } = moderation.value;
    const body = JSON.stringify({ id: `modr-${id}`, model, results });
    return { body, moderation: moderation.value };
  } catch (thrown) {
    const failure = toFailure(thrown);
    if (failurePolicies[failure.code].blame === 'platform') {
      parts.log.error('moderation failed', { requestId: id, error: failure });
    }
    return { failure };
  }
}

function admit({ caller, method, path }: HttpRequest): Caller {
  if (caller === undefined) {
    throw new Failure(
      'invalid_api_key',
      'no valid credential: send an `sk-…` key or a JWT as `authorization: Bearer …`',
    );
  }
  if (path !== PATH) {
    throw new Failure('not_found', `no endpoint at ${path}; moderations are at ${PATH}`);
  }
  if (method !== 'POST') {
    throw new Failure('method_not_allowed', `${path} takes POST, got ${method}`);
  }
  if (!hasScope(caller, 'ballast/inference')) {
    throw new Failure(
      'insufficient_scope',
      "this credential lacks the scope 'ballast/inference'; ask the operator for one that has it",
    );
  }
  return caller;
}

function policyOf(caller: Caller, guards: ReadonlyMap<string, Guard>): Guard {
  const id = caller.guardrailPolicy ?? DEFAULT_POLICY;
  const guard = guards.get(id);
  if (guard !== undefined) return guard;
  throw new Failure(
    'config_unavailable',
    `there is no guardrail policy '${id}'; tell the operator`,
  );
}

function moderate(
  inputs: readonly (readonly string[])[],
  policy: Guard,
  moderator: Moderator,
): Outcome<Moderation> {
  try {
    return succeeded(moderator.moderate(inputs, policy));
  } catch (cause) {
    const message = 'the guardrail could not judge the input; try again';
    return failed(new Failure('guardrail_unavailable', message, { cause }));
  }
}

interface Call {
  readonly id: string;
  readonly startedAtMs: number;
  readonly request: HttpRequest;
  readonly caller: Caller;
}

/** Refusals over the limit are counted instead. */
async function record(judged: Judged, call: Call, parts: GuardrailParts): Promise<void> {
  const completion = completionOf(judged, call, parts);
  if (completion === undefined) return;
  try {
    await parts.audit.writeCompletion(completion);
  } catch (cause) {
    await parts.spill.spill(completion, cause);
  }
}

function completionOf(
  judged: Judged,
  { id, startedAtMs, request, caller }: Call,
  { clock, hash, refusals }: GuardrailParts,
): AuditCompletion | undefined {
  const completion = {
    id,
    tenantId: caller.tenantId,
    keyId: caller.keyId,
    startedAtMs,
    endedAtMs: clock.nowMs(),
    route: PATH,
    attempts: [],
    nanoUsd: 0,
    requestHash: hash(request.body),
  };
  if (!('failure' in judged)) {
    const input = judged.moderation.assessment;
    return { ...completion, outcome: 'completed', input, responseHash: hash(judged.body) };
  }
  const failure = judged.failure.code;
  const responseHash = hash(JSON.stringify(errorBody(judged.failure)));
  if (failurePolicies[failure].blame === 'platform') {
    const input = { verdict: 'error', findings: [] } as const;
    return { ...completion, outcome: 'failed', failure, input, responseHash };
  }
  const { record: recorded, unrecorded } = refusals.refuse(caller, startedAtMs);
  if (!recorded) return undefined;
  const unrecordedRefusals = unrecorded > 0 ? { unrecordedRefusals: unrecorded } : {};
  return { ...completion, outcome: 'refused', failure, responseHash, ...unrecordedRefusals };
}

function measure(judged: Judged, metrics: Metrics): void {
  const results = 'failure' in judged ? [] : judged.moderation.results;
  const flagged = results.filter((result) => result.flagged).length;
  metrics.emit([count(guardrailMetrics.moderations), count(guardrailMetrics.flagged, flagged)], {});
}

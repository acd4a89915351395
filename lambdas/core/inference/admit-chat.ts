import type { AuditIntent } from '../audit/audit-record.ts';
import { Failure } from '../failures/failure.ts';
import { failed, type Outcome, succeeded } from '../failures/outcome.ts';
import type { QuotaStanding, ReserveOutcome } from '../quota/quota-store.ts';
import { refusalOf } from '../quota/refusal-of.ts';
import { Attempts } from './attempts.ts';
import type { ChatInference } from './chat-inference.ts';
import { ChatLedger } from './chat-ledger.ts';
import type { ChatPlan } from './chat-plan.ts';
import type { AdmittedChat } from './close-chat.ts';
import type { InferencePorts } from './inference-ports.ts';

/** A reservation outlives the longest inference by this much before it counts as an orphan. */
const ORPHAN_MARGIN_MS = 60_000;

export type Admission =
  | { readonly admitted: true; readonly standing: QuotaStanding; readonly chat: AdmittedChat }
  | {
      readonly admitted: false;
      readonly failure: Failure;
      /** An intent that stands is closed by a record, however many there are. */
      readonly intentWritten: boolean;
      readonly standing?: QuotaStanding;
      /** Present when quota was set aside all the same, and must be given back. */
      readonly chat?: AdmittedChat;
    };

/**
 * Sets quota aside, writes the audit intent and judges the input: the first two in one round trip,
 * the third while they travel.
 */
export async function admitChat(
  inference: ChatInference,
  plan: ChatPlan,
  ports: InferencePorts,
): Promise<Admission> {
  const reserving = reserve(inference, plan, ports);
  // A key that keeps being refused is not worth an intent each time: ask first, write after.
  const counting = ports.refusals.isCounting(inference.caller, inference.startedAtMs);
  const writing = counting ? undefined : writeIntent(inference, plan, ports);
  const ledger = new ChatLedger();
  const judged = judgeInput(inference, plan, ledger, ports);

  const reserved = await reserving;
  if (!reserved.ok) {
    await writing;
    return { admitted: false, failure: reserved.failure, intentWritten: writing !== undefined };
  }
  const { standing } = reserved.value;
  if (!reserved.value.granted) {
    await writing;
    const failure = refusalOf(reserved.value.refusal, ports.clock.nowMs());
    return { admitted: false, standing, failure, intentWritten: writing !== undefined };
  }
  const { reservation } = reserved.value;
  const attempts = new Attempts(inference, plan, ports);
  const chat: AdmittedChat = { inference, plan, reservation, attempts, ledger };
  const written = await (writing ?? writeIntent(inference, plan, ports));
  const failure = written ?? judged;
  ledger.failure = failure;
  return failure === undefined
    ? { admitted: true, standing, chat }
    : { admitted: false, standing, chat, failure, intentWritten: written === undefined };
}

async function reserve(
  { id, caller }: ChatInference,
  plan: ChatPlan,
  ports: InferencePorts,
): Promise<Outcome<ReserveOutcome>> {
  try {
    return succeeded(
      await ports.quotas.reserve({
        id,
        tenantId: caller.tenantId,
        keyId: caller.keyId,
        limits: caller.limits,
        amounts: plan.amounts,
        expiresAtMs: plan.deadlineMs + ORPHAN_MARGIN_MS,
      }),
    );
  } catch (cause) {
    ports.observer.degraded('quota-reserve-failed', cause);
    return failed(
      new Failure('quota_unavailable', 'quota cannot be checked right now; try again shortly', {
        cause,
        retryAfterMs: 1_000,
      }),
    );
  }
}

/** @returns the failure that forbids calling a model, if the intent could not be written. */
async function writeIntent(
  inference: ChatInference,
  plan: ChatPlan,
  ports: InferencePorts,
): Promise<Failure | undefined> {
  const intent: AuditIntent = {
    id: inference.id,
    tenantId: inference.caller.tenantId,
    keyId: inference.caller.keyId,
    startedAtMs: inference.startedAtMs,
    route: plan.route.name,
    stream: inference.request.stream === true,
    maxAttempts: plan.route.maxAttempts,
    reserved: plan.amounts,
    policyId: plan.guard.policyId,
    policyHash: plan.guard.policyHash,
    requestHash: inference.requestHash,
    ...(inference.clientRetry === undefined ? {} : { clientRetry: inference.clientRetry }),
  };
  try {
    await ports.audit.writeIntent(intent);
    return undefined;
  } catch (cause) {
    ports.observer.degraded('audit-intent-failed', cause);
    return new Failure(
      'audit_unavailable',
      'the audit record cannot be written right now, so no model was called; try again shortly',
      { cause, retryAfterMs: 1_000 },
    );
  }
}

function judgeInput(
  inference: ChatInference,
  plan: ChatPlan,
  ledger: ChatLedger,
  ports: InferencePorts,
): Failure | undefined {
  try {
    const { assessment, request } = plan.guard.input(inference.request);
    ledger.input = assessment;
    if (assessment.verdict === 'block') return blockedInput(assessment.findings);
    ledger.guardedRequest = request;
    return undefined;
  } catch (cause) {
    ledger.input = { verdict: 'error', findings: [] };
    ports.observer.degraded('guardrail-failed', cause);
    return guardrailUnavailable(cause);
  }
}

function blockedInput(findings: AdmittedChat['ledger']['input']['findings']): Failure {
  const blocking = findings.filter((finding) => finding.action === 'block');
  const [first] = blocking;
  const names = [...new Set(blocking.map((finding) => finding.detector))].join(', ');
  return new Failure(
    'content_policy_violation',
    `the guardrail policy blocks this request: found ${names}; remove it and try again`,
    first === undefined ? {} : { param: first.location },
  );
}

export const guardrailUnavailable = (cause: unknown): Failure =>
  new Failure(
    'guardrail_unavailable',
    'the guardrail could not judge the text, so nothing was let through; try again shortly',
    { cause },
  );

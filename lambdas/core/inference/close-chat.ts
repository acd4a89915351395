import type { AuditCompletion, AuditOutcome } from '../audit/audit-record.ts';
import type { Reservation } from '../quota/quota-store.ts';
import type { Attempts } from './attempts.ts';
import { bodiesToKeep } from './bodies-to-keep.ts';
import type { ChatInference } from './chat-inference.ts';
import type { ChatLedger } from './chat-ledger.ts';
import type { ChatPlan } from './chat-plan.ts';
import type { InferencePorts } from './inference-ports.ts';

export interface AdmittedChat {
  readonly inference: ChatInference;
  readonly plan: ChatPlan;
  readonly reservation: Reservation;
  readonly attempts: Attempts;
  readonly ledger: ChatLedger;
}

/**
 * Writes the completion, then settles. In this order a crash in between leaves the reservation's
 * marker, and the reconciler finds the true amounts in the completion; the other way round it would
 * leave an intent nobody looks for.
 */
export async function closeChat(chat: AdmittedChat, ports: InferencePorts): Promise<void> {
  const completion = completionOf(chat, ports);
  await writeCompletion(completion, ports);
  try {
    await ports.quotas.settle(chat.reservation, chat.ledger.used);
  } catch (cause) {
    // The marker stays: the reconciler settles it from the completion.
    ports.observer.degraded('quota-settle-failed', cause);
  }
  const { served } = chat.ledger;
  ports.observer.finished({
    completion,
    reserved: chat.reservation.amounts,
    fellBack: served !== undefined && served !== chat.plan.targets[0]?.name,
    recorded: true,
  });
}

export async function writeCompletion(
  completion: AuditCompletion,
  ports: Pick<InferencePorts, 'audit' | 'spill' | 'observer'>,
): Promise<void> {
  try {
    await ports.audit.writeCompletion(completion);
  } catch (cause) {
    ports.observer.degraded('audit-completion-spilled', cause);
    await ports.spill.spill(completion, cause);
  }
}

function completionOf(chat: AdmittedChat, ports: InferencePorts): AuditCompletion {
  const { inference, plan, attempts, ledger, reservation } = chat;
  const said = ledger.released.said();
  const response = said.length === 0 ? undefined : JSON.stringify(said);
  const bodies = bodiesToKeep(inference, ledger, response);
  return {
    id: inference.id,
    tenantId: inference.caller.tenantId,
    keyId: inference.caller.keyId,
    startedAtMs: inference.startedAtMs,
    endedAtMs: ports.clock.nowMs(),
    outcome: outcomeOf(chat),
    ...(ledger.failure === undefined ? {} : { failure: ledger.failure.code }),
    route: plan.route.name,
    attempts: attempts.made,
    ...(ledger.served === undefined ? {} : { served: ledger.served }),
    ...(attempts.made.length === 0 ? {} : { usage: ledger.usage }),
    nanoUsd: ledger.used.nanoUsd,
    ...(reservation.seq === undefined ? {} : { seq: reservation.seq }),
    input: ledger.input,
    output: ledger.output,
    requestHash: inference.requestHash,
    ...(response === undefined ? {} : { responseHash: ports.hash(response) }),
    ...(bodies === undefined ? {} : { bodies }),
  };
}

function outcomeOf({ ledger, attempts }: AdmittedChat): AuditOutcome {
  if (ledger.input.verdict === 'block' || ledger.output.verdict === 'block') return 'blocked';
  if (ledger.failure === undefined) return 'completed';
  if (ledger.released.length > 0) return 'partial';
  return attempts.made.length === 0 ? 'refused' : 'failed';
}

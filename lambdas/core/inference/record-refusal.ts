import type { AuditCompletion } from '../audit/audit-record.ts';
import type { Failure } from '../failures/failure.ts';
import type { Caller } from '../identity/caller.ts';
import { writeCompletion } from './close-chat.ts';
import type { InferencePorts } from './inference-ports.ts';

/** A request that was turned away before any quota was set aside. */
export interface RefusedRequest {
  readonly id: string;
  readonly startedAtMs: number;
  readonly caller: Caller;
  readonly requestHash: string;
  readonly failure: Failure;
  /** The model asked for, when the body could be read that far. */
  readonly route?: string;
  /** Its intent has been written, and must not stand alone. */
  readonly intentWritten?: boolean;
}

export type RefusalPorts = Pick<
  InferencePorts,
  'clock' | 'audit' | 'spill' | 'refusals' | 'observer'
>;

/**
 * Leaves a record of a refusal; of a key that is refused again and again, only a count. Never
 * rejects.
 */
export async function recordRefusal(request: RefusedRequest, ports: RefusalPorts): Promise<void> {
  const { caller, failure } = request;
  const nowMs = ports.clock.nowMs();
  const { record, unrecorded } = ports.refusals.refuse(caller, nowMs);
  const completion: AuditCompletion = {
    id: request.id,
    tenantId: caller.tenantId,
    keyId: caller.keyId,
    startedAtMs: request.startedAtMs,
    endedAtMs: nowMs,
    outcome: failure.code === 'content_policy_violation' ? 'blocked' : 'refused',
    failure: failure.code,
    ...(request.route === undefined ? {} : { route: request.route.slice(0, 128) }),
    attempts: [],
    nanoUsd: 0,
    requestHash: request.requestHash,
    ...(unrecorded === 0 ? {} : { unrecordedRefusals: unrecorded }),
  };
  const recorded = record || request.intentWritten === true;
  if (recorded) await writeCompletion(completion, ports);
  ports.observer.finished({ completion, recorded });
}

import type { AuditCompletion, AuditIntent } from '#core/audit/audit-record.ts';
import { type Failure, toFailure } from '#core/failures/failure.ts';
import type { Call, GovernanceParts } from './endpoint.ts';
import { fromStore } from './store-failure.ts';

/**
 * Makes a change and leaves its account in the acting caller's audit trail: an intent before (no
 * intent, no change), a completion after with the method, path and body in place of a prompt.
 *
 * They are kept whatever the tenant's body retention: a change to who may spend is not a prompt,
 * and its record is worthless without what was changed. The answer is not kept: it may be a secret.
 */
export async function recordChange<T>(
  call: Call,
  parts: GovernanceParts,
  change: () => Promise<T>,
): Promise<T> {
  await fromStore('audit_unavailable', parts.auditLog.writeIntent(intentOf(call, parts)));
  try {
    const result = await change();
    await complete(parts, completionOf(call, parts));
    return result;
  } catch (thrown) {
    await complete(parts, completionOf(call, parts, toFailure(thrown)));
    throw thrown;
  }
}

const routeOf = ({ request }: Call): string => `admin ${request.method} ${request.path}`;

function intentOf(call: Call, parts: GovernanceParts): AuditIntent {
  return {
    id: call.id,
    tenantId: call.caller.tenantId,
    keyId: call.caller.keyId,
    startedAtMs: call.nowMs,
    route: routeOf(call),
    stream: false,
    maxAttempts: 0,
    reserved: { requests: 0, tokens: 0, nanoUsd: 0 },
    policyId: 'none',
    policyHash: '',
    requestHash: parts.mint.sha256(call.request.body),
  };
}

function completionOf(call: Call, parts: GovernanceParts, failure?: Failure): AuditCompletion {
  const { method, path, body } = call.request;
  return {
    id: call.id,
    tenantId: call.caller.tenantId,
    keyId: call.caller.keyId,
    startedAtMs: call.nowMs,
    endedAtMs: parts.clock.nowMs(),
    route: routeOf(call),
    attempts: [],
    nanoUsd: 0,
    requestHash: parts.mint.sha256(body),
    bodies: { request: JSON.stringify({ method, path, body }) },
    ...(failure === undefined
      ? { outcome: 'completed' }
      : { outcome: outcomeOf(failure), failure: failure.code }),
  };
}

const outcomeOf = (failure: Failure): 'refused' | 'failed' =>
  failure.code === 'conflict' ? 'refused' : 'failed';

/** The change stands whatever becomes of its completion. */
async function complete(
  { auditLog, auditSpill }: GovernanceParts,
  completion: AuditCompletion,
): Promise<void> {
  try {
    await auditLog.writeCompletion(completion);
  } catch (cause) {
    await auditSpill.spill(completion, cause);
  }
}

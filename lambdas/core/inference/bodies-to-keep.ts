import type { AuditCompletion } from '../audit/audit-record.ts';
import type { ChatInference } from './chat-inference.ts';
import type { ChatLedger } from './chat-ledger.ts';

/**
 * The bodies a tenant's retention lets the audit record keep. `redacted` keeps what the model and
 * the client saw; a text that could not be judged is not kept at all.
 */
export function bodiesToKeep(
  inference: ChatInference,
  ledger: ChatLedger,
  response: string | undefined,
): AuditCompletion['bodies'] {
  const { bodies } = inference.caller;
  if (bodies === 'hash-only') return undefined;
  const request = bodies === 'full' ? inference.request : ledger.guardedRequest;
  if (request === undefined && response === undefined) return undefined;
  return {
    ...(request === undefined ? {} : { request: JSON.stringify(request) }),
    ...(response === undefined ? {} : { response }),
  };
}

import { Failure } from '#core/failures/failure.ts';
import { isUlid } from '#core/time/ulid.ts';
import { auditJson } from './audit-json.ts';
import type { Call, Endpoint, GovernanceParts, Reply } from './endpoint.ts';
import { fromStore } from './store-failure.ts';

export const auditEndpoints: readonly Endpoint[] = [
  {
    method: 'GET',
    pattern: '/v1/audit/{id}',
    scopes: ['ballast/audit', 'ballast/inference'],
    run: showRecord,
  },
];

/** Another tenant's record and one that never was are the same 404. */
async function showRecord(call: Call, { auditReader }: GovernanceParts): Promise<Reply> {
  const id = call.param('id').toUpperCase();
  const record = isUlid(id)
    ? await fromStore('audit_unavailable', auditReader.find(call.caller.tenantId, id))
    : undefined;
  const body = record === undefined ? undefined : auditJson(record);
  if (body === undefined) throw new Failure('not_found', 'no such audit record');
  return { status: 200, body };
}

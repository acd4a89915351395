import * as v from 'valibot';
import { Failure } from '#core/failures/failure.ts';
import type { Call, Endpoint, GovernanceParts, Reply } from './endpoint.ts';
import { parseBody } from './parse-body.ts';
import { recordChange } from './record-change.ts';
import { fromStore } from './store-failure.ts';
import { isTenantId } from './tenant-json.ts';

export const clientSchema = v.strictObject({ tenant: v.string("expected a tenant's id") });

/** Printable ASCII without spaces: every client id an issuer gives out. */
const CLIENT_ID = /^[\x21-\x7e]{1,128}$/;

export const clientEndpoints: readonly Endpoint[] = [
  {
    method: 'PUT',
    pattern: '/admin/v1/clients/{client}',
    scopes: ['ballast/admin'],
    run: putClient,
  },
];

/** Says which tenant an OAuth2 client acts for, where its tokens carry no tenant claim. */
async function putClient(call: Call, parts: GovernanceParts): Promise<Reply> {
  const clientId = call.param('client');
  if (!CLIENT_ID.test(clientId)) {
    throw new Failure('invalid_value', 'client_id must be 1 to 128 printable characters', {
      param: 'client_id',
    });
  }
  const { tenant } = parseBody(call.request.body, clientSchema);
  const found = isTenantId(tenant)
    ? await fromStore('config_unavailable', parts.registry.tenant(tenant))
    : undefined;
  if (found === undefined) {
    throw new Failure('invalid_value', `no tenant is named '${tenant.slice(0, 63)}'`, {
      param: 'tenant',
    });
  }
  await recordChange(call, parts, () =>
    fromStore('config_unavailable', parts.registry.putClient(clientId, found.id)),
  );
  return { status: 200, body: { object: 'client', client_id: clientId, tenant: found.id } };
}

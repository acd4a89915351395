import { Failure } from '#core/failures/failure.ts';
import { changeTenant, newTenant, type TenantChange } from '#core/governance/change-tenant.ts';
import type { Tenant } from '#core/identity/caller.ts';
import type { Call, Endpoint, GovernanceParts, Reply } from './endpoint.ts';
import { listing } from './listing.ts';
import { parseBody } from './parse-body.ts';
import { recordChange } from './record-change.ts';
import { fromStore } from './store-failure.ts';
import {
  isTenantId,
  newTenantSchema,
  tenantChangeSchema,
  tenantJson,
  toTenantChange,
} from './tenant-json.ts';
import { entityTag, versionConflict, versionRead } from './versions.ts';

const SCOPES = ['ballast/admin'] as const;

/** A suspension names no version; it is repeated while others are changing the tenant. */
const SUSPEND_ATTEMPTS = 5;

export const tenantEndpoints: readonly Endpoint[] = [
  { method: 'GET', pattern: '/admin/v1/tenants', scopes: SCOPES, run: listTenants },
  { method: 'POST', pattern: '/admin/v1/tenants', scopes: SCOPES, run: createTenant },
  { method: 'GET', pattern: '/admin/v1/tenants/{tenant}', scopes: SCOPES, run: showTenant },
  { method: 'PATCH', pattern: '/admin/v1/tenants/{tenant}', scopes: SCOPES, run: updateTenant },
  { method: 'DELETE', pattern: '/admin/v1/tenants/{tenant}', scopes: SCOPES, run: suspendTenant },
];

/**
 * The tenant a path names.
 *
 * @throws Failure `not_found`, the same for an id that cannot be one.
 */
export async function tenantOf(call: Call, parts: GovernanceParts): Promise<Tenant> {
  const id = call.param('tenant');
  const tenant = isTenantId(id) ? await storedTenant(id, parts) : undefined;
  if (tenant === undefined) throw new Failure('not_found', 'no such tenant');
  return tenant;
}

const storedTenant = (id: string, parts: GovernanceParts): Promise<Tenant | undefined> =>
  fromStore('config_unavailable', parts.registry.tenant(id));

async function listTenants({ request }: Call, { registry }: GovernanceParts): Promise<Reply> {
  const page = await fromStore('config_unavailable', registry.tenants(request.query['after']));
  return { status: 200, body: listing(page, tenantJson) };
}

async function showTenant(call: Call, parts: GovernanceParts): Promise<Reply> {
  return reply(200, await tenantOf(call, parts));
}

async function createTenant(call: Call, parts: GovernanceParts): Promise<Reply> {
  const { id, ...body } = parseBody(call.request.body, newTenantSchema);
  const change = toTenantChange(body);
  refuseUnknownNames(change, parts);
  const tenant = newTenant(id, change);
  await recordChange(call, parts, async () => {
    if (await store(tenant, parts)) return;
    throw new Failure('conflict', `tenant '${id}' exists already; change it with PATCH`, {
      param: 'id',
    });
  });
  return reply(201, asStored(tenant));
}

async function updateTenant(call: Call, parts: GovernanceParts): Promise<Reply> {
  const { version: versionInBody, ...body } = parseBody(call.request.body, tenantChangeSchema);
  const version = versionRead(call.request, versionInBody);
  const change = toTenantChange(body);
  refuseUnknownNames(change, parts);
  const tenant = await tenantOf(call, parts);
  if (change.status === 'suspended') refuseSelfSuspension(tenant, call);
  const changed = changeTenant(tenant, change);
  await recordChange(call, parts, async () => {
    if (tenant.version === version && (await store(changed, parts))) return;
    const now = await tenantOf(call, parts);
    throw versionConflict(`tenant '${tenant.id}'`, now.version, version);
  });
  return reply(200, asStored(changed));
}

/** Records of who paid are never deleted: a deleted tenant is a suspended one. */
async function suspendTenant(call: Call, parts: GovernanceParts): Promise<Reply> {
  const tenant = await tenantOf(call, parts);
  refuseSelfSuspension(tenant, call);
  if (tenant.status === 'suspended') return reply(200, tenant);
  return recordChange(call, parts, async () => {
    for (let attempt = 0; attempt < SUSPEND_ATTEMPTS; attempt += 1) {
      const suspended = changeTenant(await tenantOf(call, parts), { status: 'suspended' });
      if (await store(suspended, parts)) return reply(200, asStored(suspended));
    }
    throw new Failure('conflict', `tenant '${tenant.id}' keeps changing; suspend it again`);
  });
}

const store = (tenant: Tenant, { registry }: GovernanceParts): Promise<boolean> =>
  fromStore('config_unavailable', registry.putTenant(tenant));

const asStored = (tenant: Tenant): Tenant => ({ ...tenant, version: tenant.version + 1 });

const reply = (status: number, tenant: Tenant): Reply => ({
  status,
  body: tenantJson(tenant),
  headers: entityTag(tenant.version),
});

function refuseSelfSuspension(tenant: Tenant, { caller }: Call): void {
  if (tenant.id !== caller.tenantId) return;
  throw new Failure(
    'invalid_value',
    `tenant '${tenant.id}' is your own and suspending it would lock you out; ask an administrator of another tenant`,
    { param: 'status' },
  );
}

/** A misspelt route or policy would otherwise be noticed by the tenant's first request. */
function refuseUnknownNames(change: TenantChange, parts: GovernanceParts): void {
  const { routes, guardrailPolicy } = change;
  const known = parts.routes.all().map((route) => route.name);
  for (const [index, name] of routes?.entries() ?? []) {
    if (!known.includes(name)) throw unknownName(`routes[${index}]`, 'route', name, known);
  }
  if (typeof guardrailPolicy !== 'string') return;
  if (parts.guardrailPolicies.includes(guardrailPolicy)) return;
  throw unknownName('guardrail_policy', 'policy', guardrailPolicy, parts.guardrailPolicies);
}

const unknownName = (
  param: string,
  what: string,
  name: string,
  known: readonly string[],
): Failure =>
  new Failure(
    'invalid_value',
    `no ${what} is named '${name.slice(0, 128)}'; there are ${known.join(', ')}`,
    { param },
  );

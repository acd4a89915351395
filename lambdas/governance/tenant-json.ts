import * as v from 'valibot';
import type { TenantChange } from '#core/governance/change-tenant.ts';
import type { Tenant } from '#core/identity/caller.ts';
import { limitsJson, tenantLimitsSchema, toLimitsChange } from './limits-json.ts';

const TENANT_ID = /^[a-z0-9-]{1,63}$/;

export const isTenantId = (text: string): boolean => TENANT_ID.test(text);

/** A name people read: one line, no lone surrogates. */
export const displayName = v.pipe(
  v.string('expected a text'),
  v.regex(/^[^\p{Cc}\p{Cs}]{1,128}$/u, 'expected 1 to 128 characters on one line'),
);

const changeEntries = {
  name: v.exactOptional(displayName),
  limits: v.exactOptional(tenantLimitsSchema),
  routes: v.exactOptional(
    v.nullable(v.pipe(v.array(v.string()), v.maxLength(100, 'expected at most 100 routes'))),
  ),
  guardrail_policy: v.exactOptional(v.nullable(v.string())),
  bodies: v.exactOptional(
    v.picklist(['full', 'redacted', 'hash-only'], "expected 'full', 'redacted' or 'hash-only'"),
  ),
};

export const newTenantSchema = v.strictObject({
  id: v.pipe(
    v.string('expected lower-case letters, digits and dashes, 1 to 63 characters'),
    v.regex(TENANT_ID, 'expected lower-case letters, digits and dashes, 1 to 63 characters'),
  ),
  ...changeEntries,
});

export const tenantChangeSchema = v.strictObject({
  version: v.exactOptional(v.pipe(v.number('expected an integer'), v.safeInteger())),
  status: v.exactOptional(v.picklist(['active', 'suspended'], "expected 'active' or 'suspended'")),
  ...changeEntries,
});

export function toTenantChange(
  body: Omit<v.InferOutput<typeof tenantChangeSchema>, 'version'>,
): TenantChange {
  const { name, status, limits, routes, guardrail_policy: guardrailPolicy, bodies } = body;
  return {
    ...(name === undefined ? {} : { name }),
    ...(status === undefined ? {} : { status }),
    ...(limits === undefined ? {} : { limits: toLimitsChange(limits) }),
    ...(routes === undefined ? {} : { routes }),
    ...(guardrailPolicy === undefined ? {} : { guardrailPolicy }),
    ...(bodies === undefined ? {} : { bodies }),
  };
}

export const tenantJson = (tenant: Tenant): object => ({
  object: 'tenant',
  id: tenant.id,
  name: tenant.name,
  status: tenant.status,
  limits: limitsJson(tenant.limits),
  /** Null for all. */
  routes: tenant.routes ?? null,
  /** Null for each route's own. */
  guardrail_policy: tenant.guardrailPolicy ?? null,
  bodies: tenant.bodies,
  version: tenant.version,
});

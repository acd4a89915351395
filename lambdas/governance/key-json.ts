import * as v from 'valibot';
import type { Key } from '#core/identity/caller.ts';
import { SCOPES } from '#core/identity/caller.ts';
import { keyLimitsSchema, limitsJson } from './limits-json.ts';
import { displayName } from './tenant-json.ts';

const SCOPES_EXPECTED = `expected one or more of ${SCOPES.join(', ')}`;
const INSTANT_EXPECTED = 'expected a time such as 2027-01-31T00:00:00Z';

export const newKeySchema = v.strictObject({
  name: v.optional(displayName, 'unnamed'),
  scopes: v.optional(
    v.pipe(
      v.array(v.picklist(SCOPES, SCOPES_EXPECTED), SCOPES_EXPECTED),
      v.minLength(1, SCOPES_EXPECTED),
      v.maxLength(SCOPES.length, SCOPES_EXPECTED),
    ),
    ['ballast/inference'],
  ),
  limits: v.exactOptional(keyLimitsSchema),
  expires_at: v.exactOptional(
    v.pipe(
      v.string(INSTANT_EXPECTED),
      v.isoTimestamp(INSTANT_EXPECTED),
      v.check((text) => !Number.isNaN(Date.parse(text)), INSTANT_EXPECTED),
      v.transform((text) => new Date(text).toISOString()),
    ),
  ),
});

/** Never the hash: it is of use to nobody but a guesser. */
export const keyJson = (key: Key): object => ({
  object: 'key',
  id: key.id,
  tenant: key.tenantId,
  name: key.name,
  status: key.status,
  scopes: key.scopes,
  limits: withoutTenantLimits(limitsJson(key.limits ?? {})),
  created_at: key.createdAt,
  expires_at: key.expiresAt ?? null,
  version: key.version,
});

function withoutTenantLimits(limits: ReturnType<typeof limitsJson>): object {
  const { concurrent_requests: _tenantOnly, ...rest } = limits;
  return rest;
}

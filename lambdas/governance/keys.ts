import { Failure } from '#core/failures/failure.ts';
import { changeLimits } from '#core/governance/change-tenant.ts';
import { mintKey } from '#core/governance/mint-key.ts';
import type { Key } from '#core/identity/caller.ts';
import type { Call, Endpoint, GovernanceParts, Reply } from './endpoint.ts';
import { keyJson, newKeySchema } from './key-json.ts';
import { toLimitsChange } from './limits-json.ts';
import { listing } from './listing.ts';
import { parseBody } from './parse-body.ts';
import { recordChange } from './record-change.ts';
import { fromStore } from './store-failure.ts';
import { tenantOf } from './tenants.ts';
import { entityTag } from './versions.ts';

const SCOPES = ['ballast/admin'] as const;
const KEYS = '/admin/v1/tenants/{tenant}/keys';
const KEY = '/admin/v1/tenants/{tenant}/keys/{key}';

/** A revocation names no version; it is repeated while others are changing the key. */
const REVOKE_ATTEMPTS = 5;

export const keyEndpoints: readonly Endpoint[] = [
  { method: 'GET', pattern: KEYS, scopes: SCOPES, run: listKeys },
  { method: 'POST', pattern: KEYS, scopes: SCOPES, run: createKey },
  { method: 'GET', pattern: KEY, scopes: SCOPES, run: showKey },
  { method: 'DELETE', pattern: KEY, scopes: SCOPES, run: revokeKey },
];

async function listKeys(call: Call, parts: GovernanceParts): Promise<Reply> {
  const tenant = await tenantOf(call, parts);
  const page = await pageOfKeys(tenant.id, parts, call.request.query['after']);
  return { status: 200, body: listing(page, keyJson) };
}

async function showKey(call: Call, parts: GovernanceParts): Promise<Reply> {
  return reply(200, await keyOf(call, parts));
}

async function createKey(call: Call, parts: GovernanceParts): Promise<Reply> {
  const { name, scopes, limits, expires_at } = parseBody(call.request.body, newKeySchema);
  const expiresAt = inTheFuture(expires_at, call.nowMs);
  const tenant = await tenantOf(call, parts);
  const minted = mintKey(
    {
      tenantId: tenant.id,
      name,
      scopes: [...new Set(scopes)],
      createdAt: new Date(call.nowMs).toISOString(),
      ...(limits === undefined ? {} : { limits: changeLimits({}, toLimitsChange(limits)) }),
      ...(expiresAt === undefined ? {} : { expiresAt }),
    },
    parts.mint,
  );
  await recordChange(call, parts, async () => {
    if (await store(minted.key, parts)) return;
    throw new Failure('conflict', 'the new key met another with its id; create it again');
  });
  const key = asStored(minted.key);
  return {
    status: 201,
    body: { ...keyJson(key), secret: minted.secret },
    headers: entityTag(key.version),
  };
}

/** Idempotent: a key that is revoked stays so, and its record stays. */
async function revokeKey(call: Call, parts: GovernanceParts): Promise<Reply> {
  const key = await keyOf(call, parts);
  if (key.status === 'revoked') return reply(200, key);
  return recordChange(call, parts, async () => {
    for (let attempt = 0; attempt < REVOKE_ATTEMPTS; attempt += 1) {
      const revoked: Key = { ...(await keyOf(call, parts)), status: 'revoked' };
      if (await store(revoked, parts)) return reply(200, asStored(revoked));
    }
    throw new Failure('conflict', `key '${key.id}' keeps changing; revoke it again`);
  });
}

/** The key a path names; a suspended tenant's too, for it may have to be revoked. */
async function keyOf(call: Call, parts: GovernanceParts): Promise<Key> {
  const tenant = await tenantOf(call, parts);
  const id = call.param('key');
  let after: string | undefined;
  do {
    const page = await pageOfKeys(tenant.id, parts, after);
    const key = page.items.find((item) => item.id === id);
    if (key !== undefined) return key;
    after = page.next;
  } while (after !== undefined);
  throw new Failure('not_found', 'no such key');
}

const pageOfKeys = (tenantId: string, { registry }: GovernanceParts, after: string | undefined) =>
  fromStore('config_unavailable', registry.keys(tenantId, after));

const store = (key: Key, { registry }: GovernanceParts): Promise<boolean> =>
  fromStore('config_unavailable', registry.putKey(key));

const asStored = (key: Key): Key => ({ ...key, version: key.version + 1 });

const reply = (status: number, key: Key): Reply => ({
  status,
  body: keyJson(key),
  headers: entityTag(key.version),
});

function inTheFuture(expiresAt: string | undefined, nowMs: number): string | undefined {
  if (expiresAt === undefined || Date.parse(expiresAt) > nowMs) return expiresAt;
  throw new Failure('invalid_value', `expires_at must be in the future, got ${expiresAt}`, {
    param: 'expires_at',
  });
}

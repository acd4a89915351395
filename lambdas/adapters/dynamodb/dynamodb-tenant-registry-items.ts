import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import * as v from 'valibot';
import { type Key, SCOPES, type Tenant } from '#core/identity/caller.ts';
import type { Limits } from '#core/quota/limits.ts';
import { tables } from './contract.ts';
import {
  type Item,
  integer,
  integerSchema,
  json,
  jsonSchema,
  readItem,
  text,
  textSchema,
} from './item-attributes.ts';

const { partitionKey, sortKey } = tables.control;

/** A primary key of the control table. */
export type ControlKey = Record<typeof partitionKey | typeof sortKey, AttributeValue>;

export const controlKey = (partition: string, sort: string): ControlKey => ({
  [partitionKey]: text(partition),
  [sortKey]: text(sort),
});

export const TENANTS = 'tenants';
const TENANT_ID = /^[a-z0-9-]{1,63}$/;
const HASH = /^[0-9a-f]{64}$/;
/** A sort key would hold more; no issuer gives out a longer id. */
const LONGEST_CLIENT_ID = 256;

/** Where a tenant is; undefined for what cannot be one's id. */
export const tenantKey = (id: string): ControlKey | undefined =>
  TENANT_ID.test(id) ? controlKey(TENANTS, id) : undefined;

/** Where a key is; undefined for what is no SHA-256. */
export const keyKey = (hash: string): ControlKey | undefined =>
  HASH.test(hash) ? controlKey(`key#${hash}`, 'key') : undefined;

/** Where the pointers to a tenant's keys are, by key id. */
export const pointersOf = (tenantId: string): string => `keys#${tenantId}`;

/** Where a client is; undefined for what is longer than any client's id. */
export const clientKey = (clientId: string): ControlKey | undefined =>
  clientId.length > 0 && clientId.length <= LONGEST_CLIENT_ID
    ? controlKey(`client#${clientId}`, 'client')
    : undefined;

const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));

const limitsSchema = v.strictObject({
  requestsPerMinute: v.exactOptional(count),
  tokensPerMinute: v.exactOptional(count),
  tokensPerDay: v.exactOptional(count),
  nanoUsdPerDay: v.exactOptional(count),
  nanoUsdPerMonth: v.exactOptional(count),
  concurrentRequests: v.exactOptional(count),
}) satisfies v.GenericSchema<unknown, Limits>;

const tenantSchema = v.strictObject({
  id: v.pipe(v.string(), v.regex(TENANT_ID)),
  name: v.string(),
  status: v.picklist(['active', 'suspended']),
  limits: limitsSchema,
  routes: v.exactOptional(v.array(v.string())),
  guardrailPolicy: v.exactOptional(v.string()),
  bodies: v.picklist(['full', 'redacted', 'hash-only']),
}) satisfies v.GenericSchema<unknown, Omit<Tenant, 'version'>>;

const keySchema = v.strictObject({
  id: v.pipe(v.string(), v.nonEmpty()),
  tenantId: v.pipe(v.string(), v.regex(TENANT_ID)),
  name: v.string(),
  hash: v.pipe(v.string(), v.regex(HASH)),
  status: v.picklist(['active', 'revoked']),
  scopes: v.array(v.picklist(SCOPES)),
  limits: v.exactOptional(limitsSchema),
  // A time that cannot be read would compare as "never expires".
  createdAt: v.pipe(v.string(), v.isoTimestamp()),
  expiresAt: v.exactOptional(v.pipe(v.string(), v.isoTimestamp())),
}) satisfies v.GenericSchema<unknown, Omit<Key, 'version'>>;

/** Every control item but a pointer: its key, its JSON and the version that guards it. */
const documentSchema = <Schema extends v.GenericSchema>(schema: Schema) =>
  v.strictObject({
    [partitionKey]: textSchema,
    [sortKey]: textSchema,
    json: jsonSchema(schema),
    version: v.pipe(integerSchema, v.minValue(1)),
  });

const tenantItemSchema = documentSchema(tenantSchema);
const keyItemSchema = documentSchema(keySchema);

/** A tenant or key as the item that replaces the version it was read at. */
export const documentItem = (key: ControlKey, document: Tenant | Key): Item => {
  const { version, ...rest } = document;
  return { ...key, json: json(rest), version: integer(version + 1) };
};

/** @throws Error naming the item when it is no tenant, or another one's. */
export function readTenant(item: Item): Tenant {
  const what = nameOf(item);
  const read = readItem(tenantItemSchema, item, what);
  if (read[sortKey] !== read.json.id) throw new Error(`${what} holds another tenant`);
  return { ...read.json, version: read.version };
}

/** @throws Error naming the item when it is no key, or another one's. */
export function readKey(item: Item): Key {
  const what = nameOf(item);
  const read = readItem(keyItemSchema, item, what);
  if (read[partitionKey] !== `key#${read.json.hash}`) throw new Error(`${what} holds another key`);
  return { ...read.json, version: read.version };
}

const pointerSchema = v.strictObject({
  [partitionKey]: textSchema,
  [sortKey]: textSchema,
  hash: v.pipe(textSchema, v.regex(HASH)),
});

/** What lists a key under its tenant; it never changes. */
export const pointerItem = (key: Key): Item => ({
  ...controlKey(pointersOf(key.tenantId), key.id),
  hash: text(key.hash),
});

/** The hash a pointer leads to. */
export const readPointer = (item: Item): string => readItem(pointerSchema, item, nameOf(item)).hash;

const clientSchema = v.strictObject({
  [partitionKey]: textSchema,
  [sortKey]: textSchema,
  tenant: v.pipe(textSchema, v.regex(TENANT_ID)),
});

export const clientItem = (key: ControlKey, tenantId: string): Item => ({
  ...key,
  tenant: text(tenantId),
});

/** The tenant a client acts for. */
export const readClient = (item: Item): string => readItem(clientSchema, item, nameOf(item)).tenant;

const nameOf = (item: Item): string =>
  `control item '${item[partitionKey]?.S}' '${item[sortKey]?.S}'`;

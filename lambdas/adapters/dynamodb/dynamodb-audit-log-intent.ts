import * as v from 'valibot';
import type { AuditIntent } from '#core/audit/audit-record.ts';
import type { AuditItemName } from './dynamodb-audit-log-key.ts';
import {
  attributesOf,
  hash,
  hashSchema,
  type Item,
  integer,
  integerSchema,
  maybe,
  readItem,
  text,
  textSchema,
} from './item-attributes.ts';

/** Attribute names are written, and paid for, with each item: hence so short. */
const intentSchema = v.strictObject({
  /** keyId */
  k: textSchema,
  /** startedAtMs */
  t: integerSchema,
  /** route */
  r: textSchema,
  /** stream: 0 or 1 */
  s: v.pipe(
    integerSchema,
    v.picklist([0, 1]),
    v.transform((flag) => flag === 1),
  ),
  /** maxAttempts */
  m: integerSchema,
  /** reserved.requests */
  ar: integerSchema,
  /** reserved.tokens */
  at: integerSchema,
  /** reserved.nanoUsd */
  ac: integerSchema,
  /** policyId */
  p: textSchema,
  /** policyHash */
  ph: hashSchema,
  /** requestHash */
  h: hashSchema,
  /** clientRetry */
  n: v.exactOptional(integerSchema),
});

/** An intent as an item, without its key; under 1 KB with the longest legal names. */
export const writeIntentItem = (intent: AuditIntent): Item =>
  attributesOf({
    k: text(intent.keyId),
    t: integer(intent.startedAtMs),
    r: text(intent.route),
    s: integer(intent.stream ? 1 : 0),
    m: integer(intent.maxAttempts),
    ar: integer(intent.reserved.requests),
    at: integer(intent.reserved.tokens),
    ac: integer(intent.reserved.nanoUsd),
    p: text(intent.policyId),
    ph: hash(intent.policyHash),
    h: hash(intent.requestHash),
    n: maybe(intent.clientRetry, integer),
  });

/** @throws Error naming the item when it is no intent. */
export function readIntentItem(name: AuditItemName, item: Item): AuditIntent {
  const read = readItem(intentSchema, item, `audit intent ${name.id}`);
  return {
    id: name.id,
    tenantId: name.tenantId,
    keyId: read.k,
    startedAtMs: read.t,
    route: read.r,
    stream: read.s,
    maxAttempts: read.m,
    reserved: { requests: read.ar, tokens: read.at, nanoUsd: read.ac },
    policyId: read.p,
    policyHash: read.ph,
    requestHash: read.h,
    ...(read.n === undefined ? {} : { clientRetry: read.n }),
  };
}

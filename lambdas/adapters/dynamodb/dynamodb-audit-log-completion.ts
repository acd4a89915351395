import * as v from 'valibot';
import type { AuditCompletion, AuditOutcome, TruncatedPart } from '#core/audit/audit-record.ts';
import { type FailureCode, failurePolicies } from '#core/failures/failure.ts';
import { deflateBodies, inflateBodies } from './dynamodb-audit-log-bodies.ts';
import type { AuditItemName } from './dynamodb-audit-log-key.ts';
import {
  type AssessmentTuple,
  assessmentOf,
  assessmentSchema,
  assessmentTuple,
  attemptOf,
  attemptSchema,
  attemptTuple,
  usageOfTuple,
  usageSchema,
  usageTuple,
} from './dynamodb-audit-log-tuples.ts';
import {
  attributesOf,
  bytes,
  bytesSchema,
  hash,
  hashSchema,
  type Item,
  integer,
  integerSchema,
  json,
  jsonSchema,
  maybe,
  readItem,
  text,
  textSchema,
} from './item-attributes.ts';

const OUTCOMES = [
  'completed',
  'blocked',
  'refused',
  'failed',
  'partial',
  'abandoned',
] as const satisfies readonly AuditOutcome[];

const TRUNCATED = ['bodies', 'findings'] as const satisfies readonly TruncatedPart[];

const failureSchema = v.picklist(Object.keys(failurePolicies) as FailureCode[]);

/** Attribute names are written, and paid for, with each item: hence so short. */
const completionSchema = v.strictObject({
  /** keyId */
  k: textSchema,
  /** startedAtMs */
  t: integerSchema,
  /** endedAtMs */
  e: integerSchema,
  /** outcome */
  oc: v.pipe(textSchema, v.picklist(OUTCOMES)),
  /** failure */
  f: v.exactOptional(v.pipe(textSchema, failureSchema)),
  /** route */
  r: v.exactOptional(textSchema),
  /** attempts, left out when there are none */
  a: v.exactOptional(jsonSchema(v.array(attemptSchema))),
  /** served */
  sv: v.exactOptional(textSchema),
  /** usage */
  u: v.exactOptional(jsonSchema(usageSchema)),
  /** nanoUsd */
  c: integerSchema,
  /** seq */
  q: v.exactOptional(integerSchema),
  /** input assessment */
  i: v.exactOptional(jsonSchema(assessmentSchema)),
  /** output assessment */
  o: v.exactOptional(jsonSchema(assessmentSchema)),
  /** requestHash */
  h: v.exactOptional(hashSchema),
  /** responseHash */
  rh: v.exactOptional(hashSchema),
  /** bodies, deflated */
  b: v.exactOptional(bytesSchema),
  /** truncated */
  tr: v.exactOptional(jsonSchema(v.array(v.picklist(TRUNCATED)))),
  /** unrecordedRefusals */
  x: v.exactOptional(integerSchema),
});

/** Findings beyond this many a side are left out: a hostile text may hold a hundred thousand. */
export const MOST_FINDINGS = 200;

/**
 * A completion as an item, without its key and under 400 KB: parts that would not fit are left out,
 * and `truncated` says so.
 */
export async function writeCompletionItem(completion: AuditCompletion): Promise<Item> {
  const { startedAtMs, bodies, attempts } = completion;
  const deflated = bodies === undefined ? undefined : await deflateBodies(bodies);
  const input = maybeCut(completion.input);
  const output = maybeCut(completion.output);
  const cut = new Set(completion.truncated);
  if (bodies !== undefined && deflated === undefined) cut.add('bodies');
  if (input?.cut === true || output?.cut === true) cut.add('findings');
  return attributesOf({
    k: text(completion.keyId),
    t: integer(startedAtMs),
    e: integer(completion.endedAtMs),
    oc: text(completion.outcome),
    f: maybe(completion.failure, text),
    r: maybe(completion.route, text),
    a: attempts.length === 0 ? undefined : json(attempts.map(attemptTuple(startedAtMs))),
    sv: maybe(completion.served, text),
    u: maybe(completion.usage, (usage) => json(usageTuple(usage))),
    c: integer(completion.nanoUsd),
    q: maybe(completion.seq, integer),
    i: maybe(input?.tuple, json),
    o: maybe(output?.tuple, json),
    h: maybe(completion.requestHash, hash),
    rh: maybe(completion.responseHash, hash),
    b: maybe(deflated, bytes),
    tr: cut.size === 0 ? undefined : json([...cut]),
    x: maybe(completion.unrecordedRefusals, integer),
  });
}

function maybeCut(
  assessment: AuditCompletion['input'],
): { readonly tuple: AssessmentTuple; readonly cut: boolean } | undefined {
  if (assessment === undefined) return undefined;
  const { verdict, findings } = assessment;
  return {
    tuple: assessmentTuple({ verdict, findings: findings.slice(0, MOST_FINDINGS) }),
    cut: findings.length > MOST_FINDINGS,
  };
}

/** @throws Error naming the item when it is no completion. */
export function readCompletionItem(name: AuditItemName, item: Item): AuditCompletion {
  const what = `audit completion ${name.id}`;
  const read = readItem(completionSchema, item, what);
  return {
    id: name.id,
    tenantId: name.tenantId,
    keyId: read.k,
    startedAtMs: read.t,
    endedAtMs: read.e,
    outcome: read.oc,
    attempts: (read.a ?? []).map(attemptOf(read.t)),
    nanoUsd: read.c,
    ...present({
      failure: read.f,
      route: read.r,
      served: read.sv,
      usage: read.u && usageOfTuple(read.u),
      seq: read.q,
      input: read.i && assessmentOf(read.i),
      output: read.o && assessmentOf(read.o),
      requestHash: read.h,
      responseHash: read.rh,
      bodies: read.b && readBodies(read.b, what),
      truncated: read.tr,
      unrecordedRefusals: read.x,
    }),
  };
}

function readBodies(deflated: Uint8Array, what: string): NonNullable<AuditCompletion['bodies']> {
  try {
    return inflateBodies(deflated);
  } catch (cause) {
    throw new Error(`${what} is malformed at b`, { cause });
  }
}

type Present<T> = { readonly [Name in keyof T]?: Exclude<T[Name], undefined> };

/** Only the members that are defined: an absent member is absent, not undefined. */
function present<T extends object>(members: T): Present<T> {
  return Object.fromEntries(
    Object.entries(members).filter(([, member]) => member !== undefined),
  ) as Present<T>;
}

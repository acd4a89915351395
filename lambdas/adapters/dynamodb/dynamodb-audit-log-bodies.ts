import { promisify } from 'node:util';
import { deflateRaw, deflateRawSync, inflateRawSync } from 'node:zlib';
import * as v from 'valibot';
import type { AuditCompletion } from '#core/audit/audit-record.ts';

type Bodies = NonNullable<AuditCompletion['bodies']>;

/** An item may have 400 KB; the rest of a completion needs far less than what this leaves. */
const MOST_BODY_BYTES = 350 * 1024;

/** No more is kept or read back, however well it compresses: API Gateway takes no request over 10 MB. */
const MOST_INFLATED_BYTES = 64 * 1024 * 1024;

/** Above this, compressing on the event loop would hold up the other requests of the process. */
const MOST_BYTES_AT_ONCE = 64 * 1024;

const deflateAside = promisify(deflateRaw);

const bodiesSchema = v.pipe(
  v.strictTuple([v.nullable(v.string()), v.nullable(v.string())]),
  v.transform(
    ([request, response]): Bodies => ({
      ...(request === null ? {} : { request }),
      ...(response === null ? {} : { response }),
    }),
  ),
);

/** Both texts as one raw-deflated JSON pair; undefined when that is more than an item can hold. */
export async function deflateBodies(bodies: Bodies): Promise<Uint8Array | undefined> {
  const pair = Buffer.from(JSON.stringify([bodies.request ?? null, bodies.response ?? null]));
  if (pair.length > MOST_INFLATED_BYTES) return undefined;
  const deflated =
    pair.length <= MOST_BYTES_AT_ONCE ? deflateRawSync(pair) : await deflateAside(pair);
  return deflated.length > MOST_BODY_BYTES ? undefined : deflated;
}

/** @throws Error that quotes nothing of the bodies when they are not as `deflateBodies` made them. */
export function inflateBodies(deflated: Uint8Array): Bodies {
  const parsed = v.safeParse(bodiesSchema, parsePair(deflated));
  if (!parsed.success) throw new Error('expected a deflated pair of texts');
  return parsed.output;
}

function parsePair(deflated: Uint8Array): unknown {
  try {
    return JSON.parse(
      inflateRawSync(deflated, { maxOutputLength: MOST_INFLATED_BYTES }).toString(),
    );
  } catch {
    // The parser's own message would quote the text, and so would a cause.
    return undefined;
  }
}

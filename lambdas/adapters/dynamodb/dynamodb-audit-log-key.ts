import { DAY_MS } from '#core/time/clock.ts';
import { civilDate } from '#core/time/iso-time.ts';
import { isUlid, ulidTimeMs } from '#core/time/ulid.ts';

export type AuditHalf = 'intent' | 'completion';

/** The names of one audit item, read back from its key. */
export interface AuditItemName {
  readonly tenantId: string;
  readonly id: string;
  readonly half: AuditHalf;
}

const SYMBOLS = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const SHARD = /^\d{1,3}$/;

/** The most shards a day of a tenant can be spread over: two symbols of the id decide. */
export const MOST_SHARDS = 512;

/**
 * Where both halves of a record are: `<tenant>#<yyyy-mm-dd>#<shard>`, day and shard from the id.
 *
 * @param shards 1 to 512. Records written under another number are not found.
 */
export function auditPartition(tenantId: string, id: string, shards: number): string {
  return `${tenantId}#${dayOf(id)}#${shardOf(id, shards)}`;
}

export const auditSortKey = (id: string, half: AuditHalf): string => `${id}#${half}`;

/**
 * The names in a key, whichever number of shards it was written under.
 *
 * @throws Error naming the key when it is not one of ours, or in another day's partition.
 */
export function readAuditKey(partition: string, sortKey: string): AuditItemName {
  const [tenantId = '', day, shard = '', ...restOfPartition] = partition.split('#');
  const [id = '', half, ...restOfSort] = sortKey.split('#');
  const known = half === 'intent' || half === 'completion';
  const complete = restOfPartition.length === 0 && restOfSort.length === 0 && SHARD.test(shard);
  if (!known || !complete || tenantId === '' || !isUlid(id) || day !== dayOf(id)) {
    throw new Error(`no audit item has the key '${partition}' '${sortKey}'`);
  }
  return { tenantId, id, half };
}

/** The ULID's calendar day, UTC. */
function dayOf(id: string): string {
  const { year, month, day } = civilDate(Math.floor(ulidTimeMs(id) / DAY_MS) * DAY_MS);
  const two = (value: number): string => String(value).padStart(2, '0');
  return `${String(year).padStart(4, '0')}-${two(month)}-${two(day)}`;
}

/** The last two symbols are random, so that a tenant's requests spread evenly. */
function shardOf(id: string, shards: number): number {
  const symbol = (place: number): number => SYMBOLS.indexOf(id.charAt(place));
  return (symbol(24) * SYMBOLS.length + symbol(25)) % shards;
}

import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { isExpired, monthEndMs, monthOf } from '#core/quota/windows.ts';
import { HOUR_MS } from '#core/time/clock.ts';
import { ulidTimeMs } from '#core/time/ulid.ts';
import { tables } from './contract.ts';
import type { Item } from './item-attributes.ts';

/** Attributes of the quota item besides windows and markers. */
export const SEQUENCE = 's';
/** Requests in flight. */
export const OPEN = 'o';
/** Keys whose windows are in the tenant's own item. */
export const INLINE_KEYS = 'i';

const MARKER_PREFIX = 'r:';

/** Last month's item stays for those who reserved in it. */
const KEPT_AFTER_MONTH_MS = 48 * HOUR_MS;

export const markerName = (id: string): string => `${MARKER_PREFIX}${id}`;

/** The item a reservation is in: the tenant's, or that of a key which has one of its own. */
export interface QuotaItemKey {
  readonly tenantId: string;
  readonly month: string;
  readonly keyId?: string;
}

const { partitionKey, sortKey } = tables.quota;

const WINDOWS = 'windows';
const KEY_PREFIX = 'key#';

export const attributesOfKey = ({ tenantId, month, keyId }: QuotaItemKey): Item => ({
  [partitionKey]: { S: `${tenantId}#${month}` },
  [sortKey]: { S: keyId === undefined ? WINDOWS : `${KEY_PREFIX}${keyId}` },
});

/** @throws Error when the item has no readable key. */
export function readKey(item: Item): QuotaItemKey {
  const partition = item[partitionKey]?.S ?? '';
  const sort = item[sortKey]?.S ?? '';
  const at = partition.lastIndexOf('#');
  if (at < 1 || (sort !== WINDOWS && !sort.startsWith(KEY_PREFIX))) {
    throw new Error(`not a quota item: '${partition}', '${sort}'`);
  }
  return {
    tenantId: partition.slice(0, at),
    month: partition.slice(at + 1),
    ...(sort === WINDOWS ? {} : { keyId: sort.slice(KEY_PREFIX.length) }),
  };
}

export const itemKeyOf = (tenantId: string, id: string, keyId?: string): QuotaItemKey => ({
  tenantId,
  month: monthOf(ulidTimeMs(id)),
  ...(keyId === undefined ? {} : { keyId }),
});

/** Epoch seconds after which the item of a reservation's month may go. */
export const timeToLiveOf = (id: string): number =>
  Math.ceil((monthEndMs(ulidTimeMs(id)) + KEPT_AFTER_MONTH_MS) / 1000);

/** A quota item as last seen. */
export interface QuotaImage {
  /** Every number in it, by attribute name: windows, sequence, open requests. */
  readonly numbers: ReadonlyMap<string, number>;
  readonly inlineKeys: readonly string[];
  hasMarker(id: string): boolean;
}

export function imageOf(item: Item | undefined): QuotaImage {
  const numbers = new Map<string, number>();
  for (const [name, value] of Object.entries(item ?? {})) {
    if (value.N !== undefined) numbers.set(name, Number(value.N));
  }
  return {
    numbers,
    inlineKeys: item?.[INLINE_KEYS]?.SS ?? [],
    hasMarker: (id) => item?.[markerName(id)] !== undefined,
  };
}

/** Names of windows that only take up room. */
export const expiredNames = (image: QuotaImage, nowMs: number): readonly string[] =>
  [...image.numbers.keys()].filter((name) => isExpired(name, nowMs));

/** The markers of an item as they are written, by the id of their reservation. */
export function markersOf(item: Item): ReadonlyMap<string, string> {
  const markers = new Map<string, string>();
  for (const [name, { S: text }] of Object.entries(item)) {
    if (name.startsWith(MARKER_PREFIX) && text !== undefined) {
      markers.set(name.slice(MARKER_PREFIX.length), text);
    }
  }
  return markers;
}

/** Collects the names and values of one expression under short placeholders. */
export class Placeholders {
  readonly names: Record<string, string> = {};
  readonly values: Record<string, AttributeValue> = {};
  readonly #byName = new Map<string, string>();

  name(attribute: string): string {
    const known = this.#byName.get(attribute);
    if (known !== undefined) return known;
    const placeholder = `#n${this.#byName.size}`;
    this.#byName.set(attribute, placeholder);
    this.names[placeholder] = attribute;
    return placeholder;
  }

  number(value: number): string {
    return this.value({ N: String(value) });
  }

  value(value: AttributeValue): string {
    const placeholder = `:v${Object.keys(this.values).length}`;
    this.values[placeholder] = value;
    return placeholder;
  }
}

import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import type { Limits } from '#core/quota/limits.ts';

/** A quota item as DynamoDB returns it. */
export type Item = Readonly<Record<string, AttributeValue>>;

/** Names of the markers in a quota item. */
export const markersIn = (item: Item): string[] =>
  Object.keys(item).filter((name) => name.startsWith('r:'));

const LIMIT_OF: Readonly<Record<string, keyof Limits>> = {
  'm:r': 'requestsPerMinute',
  'm:t': 'tokensPerMinute',
  'd:t': 'tokensPerDay',
  'd:c': 'nanoUsdPerDay',
  'mo:c': 'nanoUsdPerMonth',
};

/** What an item holds more of than its limits allow, told by the names alone. */
export function overdrawn(
  item: Item,
  tenantLimits: (tenantId: string) => Limits,
  keyLimits: Limits,
): string[] {
  const [tenantId = ''] = (item['pk']?.S ?? '').split('#');
  return Object.entries(item).flatMap(([name, { N }]) => {
    const [scope = '', ...rest] = name === 'o' ? ['t'] : name.split(':');
    const spans = scope === 't' ? rest : rest.slice(1);
    const limit = name === 'o' ? 'concurrentRequests' : LIMIT_OF[`${spans[0]}:${spans.at(-1)}`];
    if (N === undefined || limit === undefined) return [];
    // A key's own item counts its open requests too; the tenant's cap is on the tenant's item.
    if (name === 'o' && item['sk']?.S !== 'windows') return [];
    const most = (scope === 't' ? tenantLimits(tenantId) : keyLimits)[limit];
    return most === undefined || Number(N) <= most ? [] : [`${tenantId} ${name}: ${N} > ${most}`];
  });
}

/** What windows hold, by `<tenant> <window>`. */
export type Books = Readonly<Record<string, number>>;

/** Every window that holds something, by tenant and name; a key's windows wherever they are. */
export const booksOf = (items: readonly Item[]): Books =>
  Object.fromEntries(
    items.flatMap((item) => {
      const [tenantId = ''] = (item['pk']?.S ?? '').split('#');
      return Object.entries(item)
        .filter(([name, { N }]) => /^[tkx]:/.test(name) && N !== undefined && N !== '0')
        .map(([name, { N }]) => [`${tenantId} ${name.replace(/^x:/, 'k:')}`, Number(N)]);
    }),
  );

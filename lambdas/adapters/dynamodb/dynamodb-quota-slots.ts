import { demandOf, type WindowDemand } from '#core/quota/judge-windows.ts';
import type { Limits } from '#core/quota/limits.ts';
import type { ReserveRequest } from '#core/quota/quota-store.ts';
import { type WindowScope, windowMask, windowsOf } from '#core/quota/windows.ts';
import { ulidTimeMs } from '#core/time/ulid.ts';
import { itemKeyOf, type QuotaItemKey } from './dynamodb-quota-item.ts';

/** More would push the tenant's item over a kilobyte, and every write of it to a further unit. */
export const MOST_INLINE_KEYS = 4;

/** The part of a reservation that one item holds. */
export interface Slot {
  readonly item: QuotaItemKey;
  readonly scopes: readonly { readonly scope: WindowScope; readonly mask: number }[];
  readonly demands: readonly WindowDemand[];
  /** The key that has, or wants, one of the places in the tenant's item. */
  readonly inlineKey?: string;
  /** The most requests the item may have in flight. */
  readonly concurrent?: number;
}

/**
 * The items a reservation takes from: the tenant's first, then that of a limited key for which the
 * tenant's has no place.
 */
export function slotsOf(request: ReserveRequest, inlineKeys: readonly string[]): readonly Slot[] {
  const { tenantId, id, keyId, limits } = request;
  const { concurrentRequests: concurrent } = limits.tenant;
  const tenant = slotOf(request, [{ scope: 't', limits: limits.tenant }]);
  const item = itemKeyOf(tenantId, id);
  const cap = concurrent === undefined ? {} : { concurrent };
  if (limits.key === undefined || windowMask(`k:${keyId}`, limits.key) === 0) {
    return [{ ...tenant, ...cap, item }];
  }
  if (inlineKeys.includes(keyId) || inlineKeys.length < MOST_INLINE_KEYS) {
    const both = slotOf(request, [
      { scope: 't', limits: limits.tenant },
      { scope: `k:${keyId}`, limits: limits.key },
    ]);
    return [{ ...both, ...cap, item, inlineKey: keyId }];
  }
  const apart = slotOf(request, [{ scope: `x:${keyId}`, limits: limits.key }]);
  return [
    { ...tenant, ...cap, item },
    { ...apart, item: itemKeyOf(tenantId, id, keyId) },
  ];
}

function slotOf(
  { id, amounts }: ReserveRequest,
  parts: readonly { readonly scope: WindowScope; readonly limits: Limits }[],
): Pick<Slot, 'scopes' | 'demands'> {
  const scopes = parts.map(({ scope, limits }) => ({ scope, mask: windowMask(scope, limits) }));
  const demands = parts.flatMap(({ scope, limits }) =>
    windowsOf(scope, windowMask(scope, limits), ulidTimeMs(id)).map((window) =>
      demandOf(window, scope === 't' ? 'tenant' : 'key', limits, amounts),
    ),
  );
  return { scopes, demands };
}

import { formatUsd } from '#core/governance/usd.ts';
import type { Call, Endpoint, GovernanceParts, Reply } from './endpoint.ts';
import { limitsJson } from './limits-json.ts';
import { fromStore } from './store-failure.ts';

export const usageEndpoints: readonly Endpoint[] = [
  {
    method: 'GET',
    pattern: '/v1/usage',
    scopes: ['ballast/audit', 'ballast/inference'],
    run: showUsage,
  },
];

/** The tenant's use of the current calendar month (UTC), reservations in flight included. */
async function showUsage({ caller, nowMs }: Call, { usage }: GovernanceParts): Promise<Reply> {
  const used = await fromStore('quota_unavailable', usage.month(caller.tenantId, nowMs));
  return {
    status: 200,
    body: {
      object: 'usage',
      tenant: caller.tenantId,
      month: new Date(nowMs).toISOString().slice(0, 7),
      requests: used.requests,
      tokens: used.tokens,
      cost_usd: formatUsd(used.nanoUsd),
      limits: {
        tenant: limitsJson(caller.limits.tenant),
        key: caller.limits.key === undefined ? null : limitsJson(caller.limits.key),
      },
    },
  };
}

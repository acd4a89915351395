import * as v from 'valibot';
import type { LimitsChange } from '#core/governance/change-tenant.ts';
import { formatUsd, MOST_USD, parseUsd } from '#core/governance/usd.ts';
import type { Limits } from '#core/quota/limits.ts';

const count = v.nullable(
  v.pipe(
    v.number('expected an integer of at least 0, or null for no limit'),
    v.safeInteger('expected an integer of at least 0, or null for no limit'),
    v.minValue(0, 'expected an integer of at least 0, or null for no limit'),
  ),
);

const USD_EXPECTED = `expected US dollars from 0 to ${MOST_USD} with at most 9 decimals, or null for no limit`;

const usd = v.nullable(
  v.pipe(
    v.union([v.number(), v.string()], USD_EXPECTED),
    v.rawTransform(({ dataset, addIssue, NEVER }) => {
      const nanoUsd = parseUsd(dataset.value);
      if (nanoUsd !== undefined) return nanoUsd;
      addIssue({ message: USD_EXPECTED });
      return NEVER;
    }),
  ),
);

const keyLimitEntries = {
  requests_per_minute: v.exactOptional(count),
  tokens_per_minute: v.exactOptional(count),
  tokens_per_day: v.exactOptional(count),
  usd_per_day: v.exactOptional(usd),
  usd_per_month: v.exactOptional(usd),
};

/** The API's limits of a key. */
export const keyLimitsSchema = v.strictObject(keyLimitEntries);

/** The API's limits of a tenant. */
export const tenantLimitsSchema = v.strictObject({
  ...keyLimitEntries,
  concurrent_requests: v.exactOptional(count),
});

type LimitsBody = v.InferOutput<typeof tenantLimitsSchema>;

const limitNames = {
  requests_per_minute: 'requestsPerMinute',
  tokens_per_minute: 'tokensPerMinute',
  tokens_per_day: 'tokensPerDay',
  usd_per_day: 'nanoUsdPerDay',
  usd_per_month: 'nanoUsdPerMonth',
  concurrent_requests: 'concurrentRequests',
} as const satisfies Record<keyof LimitsBody, keyof Limits>;

const pairs = Object.entries(limitNames) as [keyof LimitsBody, keyof Limits][];

/** Dollars are nano-dollars by now: the schema has made them so. */
export function toLimitsChange(body: LimitsBody): LimitsChange {
  return Object.fromEntries(
    pairs.flatMap(([name, limit]) => (body[name] === undefined ? [] : [[limit, body[name]]])),
  );
}

type LimitsJson = Record<keyof LimitsBody, number | string | null>;

/** Every limit by its name; `null` is no limit, money is a decimal text in US dollars. */
export function limitsJson(limits: Limits): LimitsJson {
  return Object.fromEntries(
    pairs.map(([name, limit]) => [name, limitJson(name, limits[limit])]),
  ) as LimitsJson;
}

function limitJson(name: keyof LimitsBody, value: number | undefined): number | string | null {
  if (value === undefined) return null;
  return name.startsWith('usd_') ? formatUsd(value) : value;
}

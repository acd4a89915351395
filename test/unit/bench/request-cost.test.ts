import { describe, expect, it } from 'vitest';
import { requestCost } from '../../bench/cost/request-cost.ts';
import { requestPrices } from '../../bench/cost/request-prices.ts';

const footprint = { calls: {}, writeUnits: 4, logBytes: 2_000, answerBytes: 10_000 };

describe('what a million requests cost', () => {
  it('is the sum of its causes, by the price list', () => {
    const bill = requestCost({ footprint, seconds: 8, memoryMb: 512 });

    expect(bill.map(({ cause, usdPerMillion }) => [cause, usdPerMillion.toFixed(2)])).toEqual([
      ['API Gateway', '3.50'],
      ['Lambda, invocation', '0.20'],
      ['Lambda, waiting 8 s', '53.33'],
      ['DynamoDB', '2.50'],
      ['CloudWatch Logs', '1.00'],
      ['data transfer out', '0.90'],
    ]);
  });
});

describe('the price list', () => {
  it('has a day, and a source for each price', () => {
    const { asOf, ...prices } = requestPrices;

    expect(asOf).toMatch(/^\d{4}-\d{2}-\d{2}$/);
    for (const { usd, what, source } of Object.values(prices)) {
      expect(usd).toBeGreaterThan(0);
      expect(what).not.toBe('');
      expect(source).toMatch(/^https:\/\/aws\.amazon\.com\//);
    }
  });
});

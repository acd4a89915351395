import { describe, expect, it } from 'vitest';
import { backoffMs, RetryBudget } from '#core/resilience/retry-budget.ts';

describe('RetryBudget', () => {
  it('lets a quiet process retry, but not for ever', () => {
    const budget = new RetryBudget();

    const retries = Array.from({ length: 30 }, () => budget.withdraw()).filter(Boolean);

    expect(retries).toHaveLength(10);
  });

  it('earns one retry with every ten requests', () => {
    const budget = new RetryBudget();
    while (budget.withdraw());

    for (let request = 0; request < 25; request += 1) budget.deposit();

    expect([budget.withdraw(), budget.withdraw(), budget.withdraw()]).toEqual([true, true, false]);
  });
});

describe('backoffMs', () => {
  it.each([
    { retry: 0, draw: 0, ms: 0 },
    { retry: 0, draw: 0.5, ms: 50 },
    { retry: 2, draw: 0.5, ms: 200 },
    { retry: 20, draw: 0.5, ms: 1_000 },
  ])('is $ms ms for retry $retry and a draw of $draw', ({ retry, draw, ms }) => {
    expect(backoffMs(retry, () => draw)).toBe(ms);
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chooseTargets } from '#core/routing/choose-targets.ts';

const targets = [
  { name: 'a', weight: 3 },
  { name: 'b', weight: 1 },
  { name: 'c', weight: 0 },
];

const order = (draw: number) =>
  chooseTargets(targets, () => draw)
    .map((target) => target.name)
    .join('');

describe('chooseTargets', () => {
  it.each([
    { draw: 0, tried: 'abc' },
    { draw: 0.749, tried: 'abc' },
    { draw: 0.75, tried: 'bac' },
    { draw: 0.999_999, tried: 'bac' },
  ])('tries $tried for a draw of $draw', ({ draw, tried }) => {
    expect(order(draw)).toBe(tried);
  });

  it('keeps the listed order when nothing has a weight', () => {
    const unweighted = targets.map((target) => ({ ...target, weight: 0 }));

    expect(chooseTargets(unweighted, () => 0.9)).toEqual(unweighted);
  });

  it('always gives every target once, and never begins with one of weight 0', () => {
    const weighted = fc.array(fc.record({ weight: fc.integer({ min: 0, max: 9 }) }), {
      minLength: 1,
    });
    fc.assert(
      fc.property(weighted, fc.double({ min: 0, max: 0.999_999, noNaN: true }), (list, draw) => {
        const chosen = chooseTargets(list, () => draw);

        expect(new Set(chosen)).toEqual(new Set(list));
        expect(chosen).toHaveLength(list.length);
        if (list.some((target) => target.weight > 0)) expect(chosen[0]?.weight).toBeGreaterThan(0);
      }),
    );
  });
});

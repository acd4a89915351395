import { describe, expect, it } from 'vitest';
import { paymentCard } from '#core/guardrail/detectors/payment-card.ts';
import { found, held, judgeHostile } from './found.ts';

describe('the payment card detector', () => {
  it.each([
    ['Visa', '4111111111111111'],
    ['Visa in fours', '4111 1111 1111 1111'],
    ['Visa in dashes', '4111-1111-1111-1111'],
    ['Visa in dots', '4111.1111.1111.1111'],
    ['Visa with no-break spaces', '4111\u00a01111\u00a01111\u00a01111'],
    ['Visa of 13 digits', '4222222222222'],
    ['Visa of 19 digits', '4000123456789012343'],
    ['Mastercard', '5555555555554444'],
    ['Mastercard of the second series', '2223003122003222'],
    ['American Express', '378282246310005'],
    ['American Express as printed', '3782 822463 10005'],
    ['Diners Club', '30569309025904'],
    ['Diners Club as printed', '3606 335266 0639'],
    ['Discover', '6011111111111117'],
    ['JCB', '3530111333300000'],
    ['UnionPay', '6240008631401148'],
    ['Maestro', '6759649826438453'],
  ])('finds %s', (_, card) => {
    for (const around of [
      ['', ''],
      ['card ', '.'],
      ['#', ', '],
      ['"', '"'],
      ['(', ') x'],
    ] as const) {
      expect(found(paymentCard, around.join(card))).toEqual([card]);
    }
  });

  it.each([
    ['a wrong check digit', '4111111111111112'],
    ['a wrong length', '41111111111111110000'],
    ['nobody who issues it', '9999999999999995'],
    ['a part of a longer number', '94111111111111111'],
    ['a part of a word', 'x4111111111111111'],
    ['a part of a token', '4111111111111111f'],
    ['a decimal fraction', '0.4111111111111111'],
    ['groups nobody prints', '41 111111 11111111'],
    ['two separators', '4111  1111  1111  1111'],
    ['a UUID', '4111-1111-1111-111111111111'],
    ['a time stamp', '1721237588000'],
  ])('leaves alone what has %s', (_, text) => {
    expect(found(paymentCard, `no ${text} here`)).toEqual([]);
  });

  it('finds cards in a row', () => {
    expect(found(paymentCard, '4111 1111 1111 1111 5555 5555 5555 4444')).toEqual([
      '4111 1111 1111 1111',
      '5555 5555 5555 4444',
    ]);
  });

  it.each([
    ['the beginning of a number', 'card 4111 11', '4111 11'],
    ['a separator that may lead on', 'card 4111 ', '4111 '],
    ['a whole number that may go on', 'card 4111111111111111', '4111111111111111'],
    ['a number of groups that may go on', '4111 1111 1111 1111 ', '4111 1111 1111 1111 '],
    ['nothing of a year', 'in 2024', ''],
    ['nothing of a small number', 'all 36 ', ''],
    ['nothing of what is too long', '4'.repeat(500), ''],
  ])('holds back %s', (_, text, expected) => {
    expect(held(paymentCard, text)).toBe(expected);
  });

  it('F29 takes linear time', () => {
    const pieces = [
      '4',
      '4 ',
      '4444 ',
      '4-',
      '4111 1111 1111 1111 ',
      '41111111111111110 ',
      '4444.',
    ];

    expect(judgeHostile(paymentCard, pieces)).toEqual([]);
  });
});

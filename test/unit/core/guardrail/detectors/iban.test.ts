import { describe, expect, it } from 'vitest';
import { iban } from '#core/guardrail/detectors/iban.ts';
import { found, held, judgeHostile } from './found.ts';

describe('the IBAN detector', () => {
  it.each([
    'GB82WEST12345698765432',
    'GB82 WEST 1234 5698 7654 32',
    'DE32624610124699432018',
    'NL49INGB3558663649',
    'nl49ingb3558663649',
    'NO9386011117947',
    'FR40 4125 7969 6171 2644 1865 902',
    'ES04\u00a01503\u00a06503\u00a02384\u00a00917\u00a06391',
    'MT84MALT011000012345MTLCAST001S',
  ])('finds %s', (account) => {
    for (const around of [
      ['', ''],
      ['to ', '.'],
      ['IBAN: ', ', '],
      ['(', ')'],
      ['"', '"'],
    ] as const) {
      expect(found(iban, around.join(account))).toEqual([account]);
    }
  });

  it.each([
    ['wrong check digits', 'DE33624610124699432018'],
    ['too few characters', 'DE3262461012469943201'],
    ['too many characters', 'DE326246101246994320180'],
    ['a country without IBANs', 'US32624610124699432018'],
    ['a word before it', 'xDE32624610124699432018'],
    ['odd groups', 'DE 32624610124699432018'],
    ['prose', 'be12 some more than four'],
  ])('leaves alone what has %s', (_, text) => {
    expect(found(iban, `no ${text} here`)).toEqual([]);
  });

  it.each([
    ['the letters of a country', 'look at', 'at'],
    ['the beginning of an account', 'to DE32 6246 10', 'DE32 6246 10'],
    ['a whole account that may go on', 'to NO9386011117947', 'NO9386011117947'],
    ['nothing of an account that has ended', 'to NO9386011117947.', ''],
    ['nothing of other words', 'a QQ12', ''],
    ['nothing of a word and a space', 'look at ', ''],
  ])('holds back %s', (_, text, expected) => {
    expect(held(iban, text)).toBe(expected);
  });

  it('F29 takes linear time', () => {
    const pieces = ['a', 'DE32', 'DE32 ', 'GB82 WEST ', 'de44 de44 ', '1', 'D', 'NO9386011117947 '];

    expect(judgeHostile(iban, pieces)).toEqual([]);
  });
});

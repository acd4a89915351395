import type { Detector, Span } from '../detector.ts';

/** First digits from `low` to `high`, and the numbers of digits their issuer gives out. */
interface Issuer {
  readonly low: number;
  readonly high: number;
  readonly lengths: readonly number[];
}

/** Issuer prefixes (ISO/IEC 7812-1), compared on as many digits as `low` has. */
const ISSUERS: readonly Issuer[] = [
  { low: 4, high: 4, lengths: [13, 16, 19] }, // Visa
  { low: 51, high: 55, lengths: [16] }, // Mastercard
  { low: 2221, high: 2720, lengths: [16] }, // Mastercard
  { low: 34, high: 34, lengths: [15] }, // American Express
  { low: 37, high: 37, lengths: [15] }, // American Express
  { low: 300, high: 305, lengths: [14, 16, 17, 18, 19] }, // Diners Club
  { low: 36, high: 36, lengths: [14, 15, 16, 17, 18, 19] }, // Diners Club
  { low: 38, high: 39, lengths: [14, 16, 17, 18, 19] }, // Diners Club
  { low: 6011, high: 6011, lengths: [16, 17, 18, 19] }, // Discover
  { low: 644, high: 649, lengths: [16, 17, 18, 19] }, // Discover
  { low: 65, high: 65, lengths: [16, 17, 18, 19] }, // Discover, RuPay
  { low: 35, high: 35, lengths: [16, 17, 18, 19] }, // JCB has 3528 to 3589; test data has all of 35
  { low: 1800, high: 1800, lengths: [15] }, // JCB
  { low: 2131, high: 2131, lengths: [15] }, // JCB
  { low: 62, high: 62, lengths: [16, 17, 18, 19] }, // UnionPay
  { low: 2200, high: 2204, lengths: [16, 17, 18, 19] }, // Mir
  { low: 50, high: 50, lengths: [13, 14, 15, 16, 17, 18, 19] }, // Maestro, RuPay, Elo
  { low: 56, high: 58, lengths: [13, 14, 15, 16, 17, 18, 19] }, // Maestro
  { low: 6304, high: 6304, lengths: [13, 14, 15, 16, 17, 18, 19] }, // Maestro
  { low: 67, high: 67, lengths: [13, 14, 15, 16, 17, 18, 19] }, // Maestro
  { low: 81, high: 82, lengths: [16] }, // RuPay
];

const LONGEST = 19;

/** By the first four digits: bit n is set when issuers give out numbers of n digits. */
const LENGTHS_BY_PREFIX = new Uint32Array(10_000);
for (const { low, high, lengths } of ISSUERS) {
  const scale = 10 ** (4 - `${low}`.length);
  const bits = lengths.reduce((sum, length) => sum | (1 << length), 0);
  for (let prefix = low * scale; prefix < (high + 1) * scale; prefix += 1) {
    LENGTHS_BY_PREFIX[prefix] = (LENGTHS_BY_PREFIX[prefix] ?? 0) | bits;
  }
}

/** One digit more than any card has tells a group that is too long. */
const GROUP = /[0-9]{1,20}/y;
const MOST_GROUPS = 5;
const SEPARATOR = /[ .\-\u00a0\u2009\u202f]/;

const isDigit = (text: string, index: number): boolean => {
  const code = text.charCodeAt(index);
  return code >= 48 && code <= 57;
};

/** Groups of digits from one place on, each parted from the next by a single separator. */
interface Chain {
  /** Where each group ends, and the digits up to there. */
  readonly groups: readonly { readonly end: number; readonly digits: string }[];
  /** The text ended before the chain did. */
  readonly unfinished: boolean;
}

function chainAt(text: string, start: number): Chain {
  const groups: { end: number; digits: string }[] = [];
  let digits = '';
  let index = start;
  while (isDigit(text, index)) {
    GROUP.lastIndex = index;
    const group = GROUP.exec(text)?.[0] ?? '';
    digits += group;
    if (digits.length > LONGEST) return { groups, unfinished: false };
    index += group.length;
    groups.push({ end: index, digits });
    const printed = groups[0]?.digits.length === 4 && groups.length < MOST_GROUPS;
    if (!printed || !SEPARATOR.test(text.charAt(index))) break;
    index += 1;
  }
  return { groups, unfinished: index >= text.length };
}

/** Cards are printed as one group, or as a group of four and up to four more of three to six. */
function isGrouped(groups: Chain['groups'], last: number): boolean {
  if (last === 0) return true;
  const sizes = groups
    .slice(0, last + 1)
    .map(({ digits }, index) => digits.length - (groups[index - 1]?.digits.length ?? 0));
  const middle = sizes.slice(1, -1);
  return sizes[0] === 4 && last < MOST_GROUPS && middle.every((size) => size >= 3 && size <= 6);
}

/** Sum of digits, every second from the right doubled (ISO/IEC 7812-1, annex B). */
function passesLuhn(digits: string): boolean {
  let sum = 0;
  for (let index = 0; index < digits.length; index += 1) {
    const digit = Number(digits.charAt(digits.length - 1 - index));
    const doubled = index % 2 === 1 ? digit * 2 : digit;
    sum += doubled > 9 ? doubled - 9 : doubled;
  }
  return sum % 10 === 0;
}

const isIssued = (digits: string): boolean =>
  (((LENGTHS_BY_PREFIX[Number(digits.slice(0, 4))] ?? 0) >>> digits.length) & 1) === 1;

/** Could digits that begin so be a card's? */
function mayBeIssued(digits: string): boolean {
  const prefix = digits.slice(0, 4);
  const first = Number(prefix.padEnd(4, '0'));
  const last = Number(prefix.padEnd(4, '9'));
  return LENGTHS_BY_PREFIX.subarray(first, last + 1).some((bits) => bits !== 0);
}

/** Could a chain that reaches the end of the text become a card's number, or a longer one's? */
function mayGrow({ groups, unfinished }: Chain, textLength: number): boolean {
  const last = groups.at(-1);
  if (!unfinished || last === undefined || !mayBeIssued(last.digits)) return false;
  // After a separator comes one more group, of one digit at least.
  const awaited = last.end < textLength ? [{ end: textLength, digits: `${last.digits}0` }] : [];
  return isGrouped([...groups, ...awaited], groups.length + awaited.length - 1);
}

/** A number may begin here: not inside a word, a longer number or a decimal fraction. */
function mayBegin(text: string, index: number): boolean {
  if (!isDigit(text, index)) return false;
  if (index === 0) return true;
  const before = text.charAt(index - 1);
  if (/[\p{L}\p{N}_]/u.test(before)) return false;
  return !(before === '.' && isDigit(text, index - 2));
}

/** Nor may it end inside a word or a longer number. */
const mayEnd = (text: string, index: number): boolean => !/[\p{L}\p{N}_]/u.test(text.charAt(index));

function cardEnd(text: string, start: number): number | undefined {
  if (!mayBeIssued(text.slice(start, start + 4))) return undefined;
  const { groups } = chainAt(text, start);
  const last = groups.findLastIndex(
    ({ end, digits }, index) =>
      digits.length >= 13 &&
      isIssued(digits) &&
      isGrouped(groups, index) &&
      mayEnd(text, end) &&
      passesLuhn(digits),
  );
  return groups[last]?.end;
}

/**
 * Payment card numbers: 13 to 19 digits in one piece or in printed groups, with an issuer's prefix
 * and length and a right check digit.
 *
 * @see https://www.iso.org/standard/70484.html (ISO/IEC 7812-1)
 */
export const paymentCard: Detector = {
  name: 'payment-card',
  category: 'pii/payment-card',

  detect(text, from = 0) {
    const spans: Span[] = [];
    for (const { index } of text.slice(from).matchAll(/[0-9]+/g)) {
      const start = from + index;
      if (!mayBegin(text, start)) continue;
      const end = cardEnd(text, start);
      if (end !== undefined) spans.push({ start, end });
    }
    return spans;
  },

  holdFrom(text, from = 0) {
    // Digits and as many separators, and one separator at the end.
    for (let start = Math.max(from, text.length - 2 * LONGEST); start < text.length; start += 1) {
      if (!mayBegin(text, start)) continue;
      if (mayGrow(chainAt(text, start), text.length)) return start;
    }
    return text.length;
  },
};

import type { Detector, Span } from '../detector.ts';

/** Length of an IBAN by country, from the registry's release 99. */
const LENGTHS: Readonly<Record<string, number>> = {
  AD: 24,
  AE: 23,
  AL: 28,
  AT: 20,
  AZ: 28,
  BA: 20,
  BE: 16,
  BG: 22,
  BH: 22,
  BI: 27,
  BR: 29,
  BY: 28,
  CH: 21,
  CR: 22,
  CY: 28,
  CZ: 24,
  DE: 22,
  DJ: 27,
  DK: 18,
  DO: 28,
  EE: 20,
  EG: 29,
  ES: 24,
  FI: 18,
  FK: 18,
  FO: 18,
  FR: 27,
  GB: 22,
  GE: 22,
  GI: 23,
  GL: 18,
  GR: 27,
  GT: 28,
  HN: 28,
  HR: 21,
  HU: 28,
  IE: 22,
  IL: 23,
  IQ: 23,
  IS: 26,
  IT: 27,
  JO: 30,
  KW: 30,
  KZ: 20,
  LB: 28,
  LC: 32,
  LI: 21,
  LT: 20,
  LU: 20,
  LV: 21,
  LY: 25,
  MC: 27,
  MD: 24,
  ME: 22,
  MK: 19,
  MN: 20,
  MR: 27,
  MT: 31,
  MU: 30,
  NI: 28,
  NL: 18,
  NO: 15,
  OM: 23,
  PK: 24,
  PL: 28,
  PS: 29,
  PT: 25,
  QA: 29,
  RO: 24,
  RS: 22,
  RU: 33,
  SA: 24,
  SC: 31,
  SD: 18,
  SE: 24,
  SI: 19,
  SK: 24,
  SM: 27,
  SO: 23,
  ST: 25,
  SV: 28,
  TL: 23,
  TN: 24,
  TR: 26,
  UA: 29,
  VA: 22,
  VG: 24,
  XK: 20,
  YE: 30,
};

/** 34 characters in groups of four, and a separator after the last. */
const LONGEST = 34 + 9;
const SEPARATOR = /[ \-\u00a0\u202f]/;
const HEAD = /^[A-Z]{2}[0-9]{2}$/;
/** As much of a head as there is before the text ends: few words of prose have that. */
const HEAD_BEGINNING = /[A-Za-z](?:$|[A-Za-z](?:$|[0-9](?:$|[0-9])))/g;
const ALPHANUMERIC = /^[A-Za-z0-9]+/;

interface Reading {
  /** Without separators, in upper case. */
  readonly characters: string;
  readonly end: number;
  /** The text ended first. */
  readonly unfinished: boolean;
}

/** Reads as many characters as the country's IBANs have; separators only between fours. */
function readFrom(text: string, start: number): Reading | undefined {
  const head = text.slice(start, start + 4).toUpperCase();
  if (head.length < 4 && mayBeHead(head)) {
    return { characters: head, end: text.length, unfinished: true };
  }
  const length = LENGTHS[head.slice(0, 2)];
  return length === undefined || !HEAD.test(head)
    ? undefined
    : readGroups(text, start + 4, { head, length });
}

function readGroups(
  text: string,
  start: number,
  { head, length }: { readonly head: string; readonly length: number },
): Reading | undefined {
  let characters = head;
  let index = start;
  while (characters.length < length) {
    if (SEPARATOR.test(text.charAt(index))) index += 1;
    const size = Math.min(4, length - characters.length);
    const group = ALPHANUMERIC.exec(text.slice(index, index + size))?.[0] ?? '';
    characters += group.toUpperCase();
    index += group.length;
    if (group.length < size && index < text.length) return undefined;
    if (group.length < size) break;
  }
  return { characters, end: index, unfinished: index >= text.length };
}

const mayBeHead = (head: string): boolean =>
  /^[A-Z]{1,2}[0-9]?$/.test(head) &&
  Object.keys(LENGTHS).some((country) => country.startsWith(head.slice(0, 2)));

const mayBegin = (text: string, index: number): boolean =>
  /[A-Za-z]/.test(text.charAt(index)) &&
  (index === 0 || !/[\p{L}\p{N}_]/u.test(text.charAt(index - 1)));

const mayEnd = (text: string, index: number): boolean => !/[\p{L}\p{N}_]/u.test(text.charAt(index));

/** ISO/IEC 7064 MOD 97-10: the first four characters moved to the end, letters as 10 to 35. */
function hasRightCheckDigits(iban: string): boolean {
  let remainder = 0;
  for (const character of iban.slice(4) + iban.slice(0, 4)) {
    const value = Number.parseInt(character, 36);
    remainder = (remainder * (value > 9 ? 100 : 10) + value) % 97;
  }
  return remainder === 1;
}

/**
 * International bank account numbers, in one piece or in groups of four: the country's own length
 * and right check digits, in either case.
 *
 * @see https://www.swift.com/standards/data-standards/iban-international-bank-account-number
 * (ISO 13616-1)
 */
export const iban: Detector = {
  name: 'iban',
  category: 'pii/iban',

  detect(text, from = 0) {
    const spans: Span[] = [];
    for (const { index } of text.slice(from).matchAll(/[A-Za-z]{2}[0-9]{2}/g)) {
      const start = from + index;
      if (!mayBegin(text, start)) continue;
      const read = readFrom(text, start);
      if (read === undefined || !mayEnd(text, read.end)) continue;
      const whole = read.characters.length === LENGTHS[read.characters.slice(0, 2)];
      if (whole && hasRightCheckDigits(read.characters)) spans.push({ start, end: read.end });
    }
    return spans;
  },

  holdFrom(text, from = 0) {
    const near = Math.max(from, text.length - LONGEST);
    for (const { index } of text.slice(near).matchAll(HEAD_BEGINNING)) {
      const start = near + index;
      if (mayBegin(text, start) && readFrom(text, start)?.unfinished === true) return start;
    }
    return text.length;
  },
};

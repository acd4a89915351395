import type { Detector, Span } from '../detector.ts';

const ID_LENGTH = 20;
const SECRET_LENGTH = 40;
/** A keyword, what parts it from the value, and the value: no secret begins further from its keyword. */
const LONGEST_LEAD = 64;

const ID = /(?<![A-Za-z0-9])(?:AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{16}(?![A-Za-z0-9])/g;
const KEYWORD = /(?:aws[_\-. ]?)?secret[_\-. ]?(?:access[_\-. ]?)?key|aws[_\-. ]?secret/gi;
/** Quotes, signs and blanks, and perhaps the word "is". */
const GAP = /[\s"'`:=>,(]{1,12}(?:is[\s"'`:=]{1,4})?/y;
const SECRET = /[A-Za-z0-9/+]{1,41}/y;

const ID_BEGINNING = /(?<![A-Za-z0-9])A(?:$|[KSBC](?:$|[IC](?:$|A[A-Z0-9]{0,16}$)))/;

/** The examples in AWS's documentation end so; placeholders repeat themselves. */
const isExample = (value: string): boolean =>
  /EXAMPLE(?:KEY)?$/.test(value) || new Set(value.slice(4)).size < 5;

/** Where a value may stand that a keyword announces; its length up to 41, 0 when it is to come. */
function* announcedValues(text: string, from: number): Generator<Span> {
  const lead = Math.max(0, from - LONGEST_LEAD);
  const searched = text.slice(lead);
  for (const keyword of searched.matchAll(KEYWORD)) {
    GAP.lastIndex = keyword.index + keyword[0].length;
    const gap = GAP.exec(searched)?.[0] ?? '';
    if (gap === '') continue;
    const start = keyword.index + keyword[0].length + gap.length;
    SECRET.lastIndex = start;
    const value = SECRET.exec(searched)?.[0] ?? '';
    if (lead + start >= from) yield { start: lead + start, end: lead + start + value.length };
  }
}

/**
 * AWS credentials: access key ids, and secret access keys where a keyword announces them (40
 * characters of base64 alone could be anything).
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-unique-ids
 */
export const awsKey: Detector = {
  name: 'aws-key',
  category: 'secret/aws-key',

  detect(text, from = 0) {
    const spans: Span[] = [];
    ID.lastIndex = from;
    for (let id = ID.exec(text); id !== null; id = ID.exec(text)) {
      if (!isExample(id[0])) spans.push({ start: id.index, end: id.index + ID_LENGTH });
    }
    for (const { start, end } of announcedValues(text, from)) {
      const secret = end - start === SECRET_LENGTH && text.charAt(end) !== '=';
      if (secret && !isExample(text.slice(start, end))) spans.push({ start, end });
    }
    return spans;
  },

  holdFrom(text, from = 0) {
    // One character before the longest beginning, for the look-behind.
    const near = Math.max(0, text.length - ID_LENGTH - 1);
    const id = text.slice(near).search(ID_BEGINNING);
    let hold = id < 0 || near + id < from ? text.length : near + id;
    const far = Math.max(from, text.length - SECRET_LENGTH);
    for (const { start, end } of announcedValues(text, far)) {
      if (end === text.length && end - start <= SECRET_LENGTH) hold = Math.min(hold, start);
    }
    return hold;
  },
};

import type { Detector, Span } from '../detector.ts';

const BEGIN = '-----BEGIN ';
const END = '-----END ';
const DASHES = 5;
/** Labels such as `ENCRYPTED PRIVATE KEY`, `RSA PRIVATE KEY`, `PGP PRIVATE KEY BLOCK`. */
const OPENER = /-----BEGIN (?:[A-Z0-9]{1,16} ){0,2}PRIVATE KEY(?: BLOCK)?-----/y;
const CLOSER = /-----END (?:[A-Z0-9]{1,16} ){0,2}PRIVATE KEY(?: BLOCK)?-----/g;
const OPENER_BEGINNING = /^-----BEGIN [A-Z0-9 ]{0,56}-{0,4}$/;
/** What may stand between the two lines of a block without a body; line breaks may be escaped. */
const FILLER = /(?:[\s"'`.]|\\[nr]){0,12}/y;
/** The longest opener, filler and half a closer. */
const LONGEST_UNDECIDED = 67 + 24 + END.length;

/** Where the opener at `index` ends, or undefined when none stands there. */
function openerEnd(text: string, index: number): number | undefined {
  OPENER.lastIndex = index;
  const opener = OPENER.exec(text)?.[0];
  return opener === undefined ? undefined : index + opener.length;
}

/** The text after an opener, past blanks and line breaks; at most as long as `-----END `. */
function bodyBeginning(text: string, start: number): string {
  FILLER.lastIndex = start;
  const body = start + (FILLER.exec(text)?.[0].length ?? 0);
  return text.slice(body, body + END.length);
}

function closerEnd(text: string, from: number): number | undefined {
  CLOSER.lastIndex = from;
  const closer = CLOSER.exec(text);
  return closer === null ? undefined : closer.index + closer[0].length;
}

/**
 * Private keys in textual encoding: PKCS #1, PKCS #8, SEC 1, OpenSSH and PGP blocks from their
 * first line to their last, or to the end of the text when the last does not come. A last line
 * right after the first is somebody writing about keys.
 *
 * @see https://www.rfc-editor.org/rfc/rfc7468
 */
export const privateKey: Detector = {
  name: 'private-key',
  category: 'secret/private-key',

  detect(text, from = 0) {
    const spans: Span[] = [];
    let start = text.indexOf(BEGIN, from);
    while (start >= 0) {
      const body = openerEnd(text, start);
      let next = start + 1;
      if (body !== undefined && bodyBeginning(text, body) !== END) {
        const end = closerEnd(text, body);
        if (end === undefined) return [...spans, { start, end: text.length, open: true }];
        spans.push({ start, end });
        // The dashes of a last line may be those of the next first one.
        next = end - DASHES;
      }
      start = text.indexOf(BEGIN, next);
    }
    return spans;
  },

  holdFrom(text, from = 0) {
    const near = Math.max(from, text.length - LONGEST_UNDECIDED);
    for (let start = text.indexOf('-', near); start >= 0; start = text.indexOf('-', start + 1)) {
      if (mayBecomeBlock(text.slice(start))) return start;
    }
    return text.length;
  },

  endOfOpen: (text) => closerEnd(text, 0),
};

/** Could `text` be all there is yet of a block whose nature is open? */
function mayBecomeBlock(text: string): boolean {
  if (BEGIN.startsWith(text)) return true;
  if (!text.startsWith(BEGIN)) return false;
  const body = openerEnd(text, 0);
  if (body === undefined) return OPENER_BEGINNING.test(text);
  const beginning = bodyBeginning(text, body);
  return beginning === '\\' || (beginning !== END && END.startsWith(beginning));
}

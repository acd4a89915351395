// When a piece of a stream was sent, written into its text: in letters, so that no guardrail takes it
// for a number of somebody's, and no gateway has a reason to change it.

/** Where in its chunk a stamp stands. */
type StampPlace = 'first' | 'last';

export interface Stamp {
  readonly place: StampPlace;
  /** Which chunk of its stream, from 0. */
  readonly chunk: number;
  readonly sentUs: number;
}

const LETTER: Readonly<Record<StampPlace, string>> = { first: 'q', last: 'z' };
const CHUNK_DIGITS = 2;
const TIME_DIGITS = 12;
const DIGITS = 'abcdefghijklmnop';
const STAMP = new RegExp(`([qz])([a-p]{${CHUNK_DIGITS}})([a-p]{${TIME_DIGITS}})`, 'g');

/**
 * Microseconds of the machine's monotonic clock, which all its processes read alike.
 *
 * @see https://nodejs.org/docs/latest-v20.x/api/process.html#processhrtimebigint
 */
export const monotonicUs = (): number => Number(process.hrtime.bigint() / 1_000n);

export const writeStamp = ({ place, chunk, sentUs }: Stamp): string =>
  `${LETTER[place]}${digits(chunk, CHUNK_DIGITS)}${digits(sentUs, TIME_DIGITS)}`;

/** Every stamp in a text, in order. */
export const readStamps = (text: string): readonly Stamp[] =>
  [...text.matchAll(STAMP)].map(([, letter, chunk = '', sent = '']) => ({
    place: letter === LETTER.first ? 'first' : 'last',
    chunk: numberOf(chunk),
    sentUs: numberOf(sent),
  }));

const digits = (value: number, length: number): string =>
  value
    .toString(16)
    .padStart(length, '0')
    .replaceAll(/./g, (digit) => DIGITS[Number.parseInt(digit, 16)] ?? '');

const numberOf = (letters: string): number =>
  Number.parseInt(
    letters.replaceAll(/./g, (letter) => DIGITS.indexOf(letter).toString(16)),
    16,
  );

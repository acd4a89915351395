/** What the upstream says: chunks of text in each stream. */
export const CHUNKS = 40;

const WORDS =
  'the crew keeps the ballast low so that the ship stands upright when the wind comes round and nobody on deck has to think of it'.split(
    ' ',
  );

/** One for every chunk: numbers that issuers give out for tests, and addresses of nobody. */
const PERSONAL = [
  'paid with 4111 1111 1111 1111 today',
  'write to ann.smith@example.org about it',
  'account DE89 3704 0044 0532 0130 00 please',
  'copy bob@example.com and eve@example.net',
];

export const textOfChunk = {
  prose: (chunk: number): string =>
    Array.from({ length: 4 }, (_, word) => WORDS[(chunk * 4 + word) % WORDS.length]).join(' '),
  'personal data': (chunk: number): string => PERSONAL[chunk % PERSONAL.length] ?? '',
} as const;

export type StreamText = keyof typeof textOfChunk;

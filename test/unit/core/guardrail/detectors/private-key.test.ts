import { describe, expect, it } from 'vitest';
import { privateKey } from '#core/guardrail/detectors/private-key.ts';
import { found, held, judgeHostile } from './found.ts';

const pem = (label: string, end = label): string =>
  `-----BEGIN ${label}-----\nMIIEpAIBAAKCAQEA7bq1\n-----END ${end}-----`;

describe('the private key detector', () => {
  it.each([
    'PRIVATE KEY',
    'RSA PRIVATE KEY',
    'EC PRIVATE KEY',
    'OPENSSH PRIVATE KEY',
    'ENCRYPTED PRIVATE KEY',
    'PGP PRIVATE KEY BLOCK',
  ])('finds a %s from its first line to its last', (label) => {
    expect(found(privateKey, `key: ${pem(label)}\nbye`)).toEqual([pem(label)]);
  });

  it('ends at the first last line, and finds the next key', () => {
    const text = `${pem('PRIVATE KEY', 'RSA PRIVATE KEY')} and ${pem('EC PRIVATE KEY')}`;

    expect(found(privateKey, text)).toHaveLength(2);
  });

  it('finds the next key even where the two share their dashes', () => {
    const text = pem('PRIVATE KEY') + pem('PRIVATE KEY').slice(5);

    expect(privateKey.detect(text).at(-1)?.end).toBe(text.length);
  });

  it('goes to the end of the text, and stays open, when there is no last line', () => {
    const text = `key: ${pem('PRIVATE KEY').slice(0, -10)}`;

    expect(privateKey.detect(text)).toEqual([{ start: 5, end: text.length, open: true }]);
    expect(held(privateKey, text)).toBe('');
  });

  it('sees the end of a block that began before', () => {
    expect(privateKey.endOfOpen?.('MII\n-----END EC PRIVATE KEY-----bye')).toBe(32);
    expect(privateKey.endOfOpen?.('MII\n-----END EC PRIVATE')).toBeUndefined();
  });

  it.each([
    pem('PUBLIC KEY'),
    pem('CERTIFICATE'),
    'it is between -----BEGIN EC PRIVATE KEY-----...-----END EC PRIVATE KEY-----',
    '-----BEGIN PRIVATE KEY-----\\n\n-----END PRIVATE KEY-----',
    'BEGIN PRIVATE KEY',
    '--- a rule ---',
  ])('leaves %s alone', (text) => {
    expect(found(privateKey, text)).toEqual([]);
  });

  it.each([
    ['dashes', 'so ---', '---'],
    ['the beginning of a first line', 'so -----BEGIN RSA PRI', '-----BEGIN RSA PRI'],
    ['a first line', 'so -----BEGIN PRIVATE KEY-----', '-----BEGIN PRIVATE KEY-----'],
    [
      'a first line that another may follow',
      '-----BEGIN PRIVATE KEY-----\n--',
      '-----BEGIN PRIVATE KEY-----\n--',
    ],
    ['half a line break', '-----BEGIN PRIVATE KEY-----\\', '-----BEGIN PRIVATE KEY-----\\'],
    ['nothing of a block that is certain', '-----BEGIN PRIVATE KEY-----\nM', ''],
    ['nothing of other lines', 'so -----BEGIN of it', ''],
    ['nothing of a hyphen in a word', 'so well-known', ''],
  ])('holds back %s', (_, text, expected) => {
    expect(held(privateKey, text)).toBe(expected);
  });

  it('F29 takes linear time', () => {
    const pieces = [
      '-',
      '-----BEGIN ',
      '-----BEGIN A PRIVATE KEY-----',
      '-----BEGIN PRIVATE KEY-----\n-----END ',
      '-----BEGIN AAAAAAAAAAAAAAAA AAAAAAAAAAAAAAAA ',
      '-----END A ',
      pem('PRIVATE KEY'),
    ];

    expect(judgeHostile(privateKey, pieces)).toEqual([]);
  });
});

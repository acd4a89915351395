import { describe, expect, it } from 'vitest';
import { awsKey } from '#core/guardrail/detectors/aws-key.ts';
import { found, held, judgeHostile } from './found.ts';

const ID = 'AKIAH4VXJG5UKDOC6ZIW';
const SECRET = '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';

describe('the AWS key detector', () => {
  it.each([ID, `ASIA${ID.slice(4)}`])('finds the access key id %s', (id) => {
    for (const around of [
      ['', ''],
      ['TOKEN=', '\n'],
      ['"', '",'],
      ['uses ', ' and'],
    ] as const) {
      expect(found(awsKey, around.join(id))).toEqual([id]);
    }
  });

  it.each([
    `aws_secret_access_key = ${SECRET}`,
    `AWS_SECRET_ACCESS_KEY=${SECRET}`,
    `"SecretAccessKey": "${SECRET}",`,
    `secretAccessKey: '${SECRET}'`,
    `aws_secret: ${SECRET}`,
    `my AWS secret key is ${SECRET}.`,
    `export TOKEN=aws_secret_access_key => "${SECRET}"`,
  ])('finds the secret that a keyword announces: %s', (text) => {
    expect(found(awsKey, text)).toEqual([SECRET]);
  });

  it.each([
    `commit ${SECRET}`,
    `aws_secret_access_key = ${SECRET}xy`,
    `aws_secret_access_key = ${SECRET.slice(1)}`,
    `aws_secret_access_key = ${SECRET}=`,
    'the documentation has AKIAIOSFODNN7EXAMPLE in it',
    'aws_secret_access_key = wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
    'put AKIAAAAABBBBAAAABBBB here',
    'ALLACROSSASIAONECANFINDGREENTEAHOUSES',
    `x${ID}`,
    `${ID}7`,
    ID.slice(0, -1),
  ])('leaves %s alone', (text) => {
    expect(found(awsKey, text)).toEqual([]);
  });

  it.each([
    ['the beginning of an id', 'it is AKI', 'AKI'],
    ['a whole id that may go on', `it is ${ID}`, ID],
    ['nothing of an id that has ended', `it is ${ID}.`, ''],
    ['nothing of other words', 'look AT', ''],
    ['nothing in the middle of a word', 'SEA', ''],
    ['the beginning of an announced secret', 'secret_key="qa6Vlx', 'qa6Vlx'],
    ['nothing of an announced text that is too long', `secret_key="${SECRET}ab`, ''],
  ])('holds back %s', (_, text, expected) => {
    expect(held(awsKey, text)).toBe(expected);
  });

  it('F29 takes linear time', () => {
    const pieces = [
      'a',
      'A',
      'AKIA',
      'secret_key=',
      'secret ',
      'aws',
      'secretkey = = = = ',
      `${ID} `,
    ];

    expect(judgeHostile(awsKey, pieces)).toEqual([]);
  });
});

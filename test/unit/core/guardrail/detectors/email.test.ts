import { describe, expect, it } from 'vitest';
import { email } from '#core/guardrail/detectors/email.ts';
import { found, held, judgeHostile } from './found.ts';

describe('the e-mail detector', () => {
  it.each([
    'maria.tanaka@kliniek-west.nl',
    'ines+news@tutanota.com',
    'mpetrov16@correo.com.mx',
    "o'neill_99%x@mail.contoso.org",
    'josé.müller@bücher.example',
    'почта@пример.рф',
    'info@例え.テスト',
    'a@b.co',
    'user@xn--bcher-kva.xn--p1ai',
    `${'l'.repeat(64)}@example.com`,
  ])('finds %s, whatever stands around it', (address) => {
    for (const around of [
      ['', ''],
      ['<', '>'],
      ['mailto:', '?subject=x'],
      ['(', ').'],
      ['"', '", '],
      ["'", "'"],
      ['- ', ', and'],
      ['...', '...'],
      ['联系', ' 谢谢'],
    ] as const) {
      expect(found(email, around.join(address))).toEqual([address]);
    }
  });

  it.each([
    'yarn add left-pad@3.9.4',
    'ssh://git@bitbucket.org/team/repo6.git',
    'git@github.com:team/repo.git',
    'root@db2:/var#',
    'postgres://user:secret@db.example.com/x',
    '@handle and @other.handle',
    'foo @ bar.com',
    'a@b',
    'me@10.0.0.1',
    'x@-dash.com',
    'x@.com',
  ])('leaves %s alone', (text) => {
    expect(found(email, text)).toEqual([]);
  });

  it('finds several, and the longest domain that is one', () => {
    expect(found(email, 'a@b.co,c@d.org.uk. e@f.com-x g@h.com.123')).toEqual([
      'a@b.co',
      'c@d.org.uk',
      'e@f.com',
      'g@h.com',
    ]);
  });

  it.each([
    ['nothing after a space', 'prose ends. ', ''],
    ['a word that may be a name', 'ask maria', 'maria'],
    ['an address that may go on', 'ask maria@a.nl', 'maria@a.nl'],
    ['an address before a dot', 'ask maria@a.nl.', 'maria@a.nl.'],
    ['nothing of an address that has ended', 'ask maria@a.nl ', ''],
    ['nothing of scripts without spaces', '今日はいい天気', ''],
    ['at most a local part', 'x'.repeat(500), 'x'.repeat(64)],
  ])('holds back %s', (_, text, expected) => {
    expect(held(email, text)).toBe(expected);
  });

  it('does not look at what stands before', () => {
    expect(email.detect('maria@a.nl', 3)).toEqual([{ start: 3, end: 10 }]);
    expect(email.detect('maria@a.nl', 6)).toEqual([]);
  });

  it('F29 takes linear time', () => {
    const pieces = ['a', '@', 'a@', 'a@a.', 'aaaa!', 'a.', 'a@b.co', '://a@b.co', '@a-', 'é@'];

    expect(judgeHostile(email, pieces)).toEqual([]);
  });
});

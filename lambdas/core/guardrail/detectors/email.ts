import { type Detector, MAX_HOLD, type Span } from '../detector.ts';

/** RFC 5321 §4.5.3.1.1. */
const LONGEST_LOCAL_PART = 64;

const ASCII_LOCAL = /[A-Za-z0-9._%+'-]/;
/** Scripts that part words with spaces: in others the hold-back would keep whole sentences. */
const WIDE_LOCAL = /[\p{Script=Latin}\p{Script=Greek}\p{Script=Cyrillic}]|[\u{300}-\u{36f}]/u;
const DOMAIN_CHARACTER = /[\p{L}\p{N}\p{M}.-]/u;
/** Labels, then a top-level domain. */
const DOMAIN =
  /^(?:[\p{L}\p{N}](?:[\p{L}\p{N}\p{M}-]{0,62})\.)+(?:xn--[a-z0-9-]{1,59}|\p{L}[\p{L}\p{M}]{1,62})/iu;

const isLocal = (character: string): boolean =>
  character < '\u0080' ? ASCII_LOCAL.test(character) : WIDE_LOCAL.test(character);

/** Where the local part that ends at `end` begins: quotes, dots and bullets before it are not it. */
function localStart(text: string, end: number, from: number): number {
  const earliest = Math.max(from, end - LONGEST_LOCAL_PART);
  let start = end;
  while (start > earliest && isLocal(text.charAt(start - 1))) start -= 1;
  while (start < end && /['.-]/.test(text.charAt(start))) start += 1;
  return start;
}

/** Where the characters a domain may have end, after `start` and at most at `latest`. */
function domainEnd(text: string, start: number, latest: number): number {
  let end = start;
  while (end < latest && DOMAIN_CHARACTER.test(text.charAt(end))) end += 1;
  return end;
}

/** `git@host` names a server's account, and before an `@` a URL has a user's name and password. */
function isServerAccount(text: string, start: number, at: number): boolean {
  return (
    text.slice(start, at) === 'git' ||
    /:\/\/[^\s@/]{0,64}$/.test(text.slice(Math.max(0, start - 67), start))
  );
}

/**
 * E-mail addresses, in the form people use: a dotted or tagged local part of at most 64
 * characters, a domain of at least two labels, 128 characters in all; international letters too.
 *
 * @see https://www.rfc-editor.org/rfc/rfc5321#section-4.1.2 and RFC 6531 for other alphabets.
 */
export const email: Detector = {
  name: 'email',
  category: 'pii/email',

  detect(text, from = 0) {
    const spans: Span[] = [];
    for (let at = text.indexOf('@', from); at >= 0; at = text.indexOf('@', at + 1)) {
      const start = localStart(text, at, from);
      if (start === at) continue;
      const candidate = text.slice(at + 1, domainEnd(text, at + 1, start + MAX_HOLD));
      const domain = DOMAIN.exec(candidate)?.[0];
      if (domain === undefined || isServerAccount(text, start, at)) continue;
      spans.push({ start, end: at + 1 + domain.length });
    }
    return spans;
  },

  holdFrom(text, from = 0) {
    const at = text.lastIndexOf('@');
    if (at >= from && text.length - at <= MAX_HOLD) {
      const start = localStart(text, at, from);
      const full = start + MAX_HOLD;
      if (start < at && text.length < full && domainEnd(text, at + 1, full) === text.length) {
        return start;
      }
    }
    return localStart(text, text.length, from);
  },
};

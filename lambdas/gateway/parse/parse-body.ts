import { Failure } from '#core/failures/failure.ts';
import { failed, type Outcome, succeeded } from '#core/failures/outcome.ts';
import type { HttpRequest } from '#runtime/http.ts';

/** Larger inputs go by file. Lambda itself takes 6 MB, of which base64 and headers want their part. */
const LARGEST_BODY_BYTES = 4_000_000;
/** Far beyond any honest tool schema, far below what a recursive walk survives. */
const DEEPEST_NESTING = 64;

/**
 * The body as JSON, or why not. Duplicate keys: the last one counts, as in JSON.parse. Keys such as
 * `__proto__` are data like any other.
 */
export function parseBody({
  body,
  headers,
}: Pick<HttpRequest, 'body' | 'headers'>): Outcome<unknown> {
  const encoding = headers['content-encoding'] ?? 'identity';
  if (encoding !== 'identity') {
    return failed(
      invalid(`content-encoding '${clip(encoding)}' is not taken; send the body as it is`),
    );
  }
  const type = headers['content-type'] ?? 'application/json';
  if (!/^application\/(?:[\w.+-]+\+)?json\b/i.test(type)) {
    return failed(invalid(`content-type '${clip(type)}' is not taken; send application/json`));
  }
  const bytes = Buffer.byteLength(body);
  if (bytes > LARGEST_BODY_BYTES) {
    return failed(
      new Failure(
        'request_too_large',
        `the body has ${bytes} bytes, at most ${LARGEST_BODY_BYTES} are taken; send large inputs by file`,
      ),
    );
  }
  if (depthOf(body) > DEEPEST_NESTING) {
    return failed(invalid(`the body is nested deeper than ${DEEPEST_NESTING} levels`));
  }
  return parseJson(body);
}

function parseJson(body: string): Outcome<unknown> {
  try {
    return succeeded(JSON.parse(body));
  } catch (cause) {
    // The parser quotes what it could not read, which may be anybody's secret: only the place is told.
    const position = /position (\d+)/.exec((cause as Error).message)?.[1];
    const where = position === undefined ? '' : ` (at character ${position})`;
    return failed(invalid(`the body is not valid JSON${where}; send one JSON object`));
  }
}

/** How deep brackets nest outside strings; counted, not parsed, so that no stack can overflow. */
function depthOf(text: string): number {
  let depth = 0;
  let deepest = 0;
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (code === QUOTE) index = endOfString(text, index);
    else if (code === OPEN_BRACE || code === OPEN_BRACKET) depth += 1;
    else if (code === CLOSE_BRACE || code === CLOSE_BRACKET) depth -= 1;
    deepest = Math.max(deepest, depth);
  }
  return deepest;
}

/** Index of the quote that ends the string beginning at `start`, or the end of the text. */
function endOfString(text: string, start: number): number {
  let quote = text.indexOf('"', start + 1);
  while (quote >= 0 && isEscaped(text, quote, start)) quote = text.indexOf('"', quote + 1);
  return quote < 0 ? text.length : quote;
}

/** An odd number of backslashes before it makes a quote part of the string. */
function isEscaped(text: string, quote: number, start: number): boolean {
  let before = quote;
  while (before - 1 > start && text.charCodeAt(before - 1) === BACKSLASH) before -= 1;
  return (quote - before) % 2 === 1;
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;

const invalid = (message: string): Failure => new Failure('invalid_json', message);

const clip = (text: string): string => text.slice(0, 60).replace(/[^\x20-\x7e]/g, '?');

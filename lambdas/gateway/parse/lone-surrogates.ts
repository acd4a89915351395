/** In JSON a lone surrogate can only come as an escape: without one there is nothing to look for. */
const SURROGATE_ESCAPE = /\\u[dD][89a-fA-F]/;
const LONE_SURROGATE = /\p{Cs}/u;

/**
 * Path of the first string that holds half a surrogate pair, if any does. Such a string is no
 * Unicode text: encoders replace it, refuse it, or break on it, each in its own way.
 *
 * @param json the text that `value` was parsed from.
 */
export function findLoneSurrogate(value: object, json: string): string | undefined {
  return SURROGATE_ESCAPE.test(json) ? search(value, '') : undefined;
}

/** Recursive: the nesting has been limited before. */
function search(value: unknown, path: string): string | undefined {
  if (typeof value === 'string') return LONE_SURROGATE.test(value) ? path : undefined;
  if (typeof value !== 'object' || value === null) return undefined;
  for (const [key, inner] of Object.entries(value)) {
    if (LONE_SURROGATE.test(key)) return `${path}.?`;
    const found = search(inner, `${path}${stepOf(key, value, path)}`);
    if (found !== undefined) return found;
  }
  return undefined;
}

function stepOf(key: string, parent: object, path: string): string {
  if (Array.isArray(parent)) return `[${key}]`;
  return `${path === '' ? '' : '.'}${key.slice(0, 60)}`;
}

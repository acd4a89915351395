import type { ChatRequest } from '#core/chat/chat-request.ts';

/** @see https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html for the pattern. */
const ALLOWED = /^[a-zA-Z0-9\s:_@$#=/+,.-]*$/;
const LONGEST = 256;
const MOST_ENTRIES = 16;

interface Labels {
  readonly metadata?: ChatRequest['metadata'] | undefined;
  readonly user?: string | undefined;
}

/**
 * The caller's metadata and end user as labels in Bedrock's invocation log; undefined for none,
 * `impossible` where Bedrock would refuse them.
 */
export function requestMetadata({
  metadata,
  user,
}: Labels): Record<string, string> | 'impossible' | undefined {
  const labels = { ...metadata, ...(user === undefined ? {} : { user }) };
  const entries = Object.entries(labels);
  if (entries.length === 0) return undefined;
  const fits = entries.every(([key, value]) => key !== '' && fitsIn(key) && fitsIn(value));
  return fits && entries.length <= MOST_ENTRIES ? labels : 'impossible';
}

const fitsIn = (text: string): boolean => text.length <= LONGEST && ALLOWED.test(text);

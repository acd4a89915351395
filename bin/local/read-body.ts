import type { IncomingMessage } from 'node:http';

/**
 * The body as text, or undefined when it is larger than `limitBytes`; the rest of a larger one is
 * drained, so that the client reads the refusal instead of a reset.
 */
export async function readBody(
  request: IncomingMessage,
  limitBytes: number,
): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size <= limitBytes) chunks.push(chunk);
    else chunks.length = 0;
  }
  return size > limitBytes ? undefined : Buffer.concat(chunks).toString('utf8');
}

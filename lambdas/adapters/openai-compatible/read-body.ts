import type { IncomingMessage } from 'node:http';

/** The body as text, or undefined when it is longer than `longest` bytes. Rejects when it breaks off. */
export async function readBody(
  response: IncomingMessage,
  longest: number,
): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of response.iterator({ destroyOnReturn: false })) {
    const bytes: Buffer = chunk;
    length += bytes.length;
    if (length > longest) return undefined;
    chunks.push(bytes);
  }
  return Buffer.concat(chunks, length).toString('utf8');
}

import type { IncomingMessage } from 'node:http';

/** The body as text, or undefined when it is longer than `longest` bytes. Rejects when it breaks off. */
export function readBody(response: IncomingMessage, longest: number): Promise<string | undefined> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let length = 0;
    response.on('data', (bytes: Buffer) => {
      length += bytes.length;
      if (length <= longest) chunks.push(bytes);
      else resolve(undefined);
    });
    response.once('end', () => resolve(Buffer.concat(chunks).toString('utf8')));
    response.once('error', reject);
    const closed = (): void => {
      if (!response.readableEnded) reject(new Error('the answer broke off'));
    };
    response.once('close', closed);
    // What was destroyed before anybody listened says so to nobody.
    if (response.destroyed) closed();
  });
}

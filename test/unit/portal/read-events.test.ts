import { describe, expect, it } from 'vitest';
import { readEvents } from '../../../lambdas/portal/page/read-events.js';

async function read(bytes: Uint8Array, size: number): Promise<string[]> {
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      for (let at = 0; at < bytes.length; at += size) {
        controller.enqueue(bytes.slice(at, at + size));
      }
      controller.close();
    },
  });
  const events: string[] = [];
  for await (const event of readEvents(body)) events.push(event);
  return events;
}

describe('the page’s reader of server-sent events', () => {
  const stream = new TextEncoder().encode(
    ': ping\n\ndata: {"a":"ä🚢"}\n\ndata:two\r\ndata: lines\r\n\r\nevent: x\n\ndata: [DONE]\n\ncut',
  );

  it.each([1, 2, 3, 7, 1000])('reads the same from chunks of %i bytes', async (size) => {
    const events = await read(stream, size);

    expect(events).toEqual(['{"a":"ä🚢"}', 'two\nlines', '[DONE]']);
  });
});

import type { ChatEvent } from '#core/chat/chat-event.ts';
import { addUsage, type Usage } from '#core/chat/usage.ts';

/**
 * Several streams, one a choice, as one: events as they come, the usages summed at the end. A
 * failure of one ends them all; `stop` must make the others end soon.
 */
export async function* mergeChoices(
  streams: readonly AsyncIterable<ChatEvent>[],
  stop: () => void,
): AsyncGenerator<ChatEvent, void> {
  const iterators = streams.map((stream) => stream[Symbol.asyncIterator]());
  const awaited = new Map(iterators.map((iterator) => [iterator, next(iterator)]));
  const usages: Usage[] = [];
  try {
    while (awaited.size > 0) {
      const { iterator, result } = await Promise.race(awaited.values());
      if (result.done) {
        awaited.delete(iterator);
        continue;
      }
      awaited.set(iterator, next(iterator));
      const event = result.value;
      if (event.type === 'usage') usages.push(event.usage);
      else yield event;
      if (event.type === 'failure') return;
    }
    // A sum that leaves out a choice would be taken for the whole bill.
    if (usages.length === streams.length) {
      yield { type: 'usage', usage: usages.reduce(addUsage) };
    }
  } finally {
    stop();
    await Promise.allSettled(iterators.map((iterator) => iterator.return?.()));
  }
}

async function next(iterator: AsyncIterator<ChatEvent>) {
  return { iterator, result: await iterator.next() };
}

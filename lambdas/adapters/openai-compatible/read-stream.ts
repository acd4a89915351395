import type { IncomingMessage } from 'node:http';
import type { ChatEvent } from '#core/chat/chat-event.ts';
import { callCancelled, invalidAnswer } from '#core/chat/provider-failures.ts';
import type { Failure } from '#core/failures/failure.ts';
import type { Cancellation } from '#core/time/cancellation.ts';
import type { ChunkTranslator } from './chunk-translator.ts';
import { failureOfTransport } from './failure-of-transport.ts';
import { SseParser } from './sse-parser.ts';

/** One event longer than this, in UTF-16 units, is no chunk of a chat. */
const LONGEST_EVENT = 8 * 1024 * 1024;

interface StreamContext {
  readonly provider: string;
  readonly cancellation: Cancellation;
}

/** Reads server-sent events until the answer is over, however the bytes are cut. */
export async function* readStream(
  response: IncomingMessage,
  translator: ChunkTranslator,
  context: StreamContext,
): AsyncGenerator<ChatEvent, void> {
  const parser = new SseParser();
  const decoder = new TextDecoder();
  // Not destroyed on return: what follows the answer is drained, and the connection kept.
  const chunks = response.iterator({ destroyOnReturn: false });
  function* read(text: string): Generator<ChatEvent, void> {
    for (const event of parser.push(text)) yield* translator.push(event);
    if (parser.heldLength > LONGEST_EVENT) yield* translator.fail(tooLong(context.provider));
  }
  while (!translator.over) {
    let next: IteratorResult<Uint8Array, unknown>;
    try {
      next = await chunks.next();
    } catch (thrown) {
      yield* translator.fail(failureOfTransport(thrown, context));
      return;
    }
    if (context.cancellation.cancelled) yield* translator.fail(callCancelled());
    else if (next.done) yield* translator.end();
    else yield* read(decoder.decode(next.value, { stream: true }));
  }
  await chunks.return?.();
}

const tooLong = (provider: string): Failure =>
  invalidAnswer(provider, `sent an event of more than ${LONGEST_EVENT} characters`);

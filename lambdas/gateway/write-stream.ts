import type { ChatStream } from '#core/inference/chat-inference.ts';
import type { Clock } from '#core/time/clock.ts';
import { errorBody } from '#runtime/error-response.ts';
import type { HttpResponder } from '#runtime/http.ts';
import { Heartbeat } from './heartbeat.ts';
import { ChunkSerializer } from './serialize-chat.ts';

interface StreamedAnswer {
  readonly id: string;
  readonly createdMs: number;
  readonly stream: ChatStream;
  readonly includeUsage: boolean;
}

/**
 * Writes a committed stream as server-sent events: whole frames, a ping while nothing is said, the
 * error in-band and no `[DONE]` after it.
 */
export async function writeStream(
  { id, createdMs, stream, includeUsage }: StreamedAnswer,
  responder: HttpResponder,
  clock: Clock,
): Promise<void> {
  const heartbeat = new Heartbeat(responder, clock);
  let serializer: ChunkSerializer | undefined;
  try {
    for await (const event of stream.events) {
      if (event.type === 'failure') {
        await heartbeat.write(`data: ${JSON.stringify(errorBody(event.failure))}\n\n`);
        return;
      }
      serializer ??= new ChunkSerializer(
        { id, createdMs, model: stream.served ?? '' },
        includeUsage,
      );
      const frame = serializer.frame(event, stream.guardrail);
      if (frame !== undefined) await heartbeat.write(frame);
    }
    const usage = serializer?.usageFrame(stream.usage);
    if (usage !== undefined) await heartbeat.write(usage);
    await heartbeat.write('data: [DONE]\n\n');
  } finally {
    heartbeat.stop();
  }
}

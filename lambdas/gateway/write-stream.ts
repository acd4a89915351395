import { type Failure, toFailure } from '#core/failures/failure.ts';
import type { ChatStream } from '#core/inference/chat-inference.ts';
import { Cancellation } from '#core/time/cancellation.ts';
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
  /** When a client that still does not read is given up, in milliseconds since the epoch. */
  readonly deadlineMs: number;
}

/**
 * Writes a committed stream as server-sent events: whole frames, a ping while nothing is said, the
 * error in-band and no `[DONE]` after it.
 */
export async function writeStream(
  answer: StreamedAnswer,
  responder: HttpResponder,
  clock: Clock,
): Promise<void> {
  const heartbeat = new Heartbeat(responder, clock);
  const patience = new Cancellation();
  void giveUpAt(answer.deadlineMs, { responder, clock, patience });
  try {
    await writeEvents(answer, (frame) => heartbeat.write(frame));
  } catch (thrown) {
    await heartbeat.write(errorFrame(toFailure(thrown)));
    throw thrown;
  } finally {
    patience.cancel();
    heartbeat.stop();
  }
}

async function writeEvents(
  { id, createdMs, stream, includeUsage }: StreamedAnswer,
  write: (frame: string) => Promise<void>,
): Promise<void> {
  let serializer: ChunkSerializer | undefined;
  for await (const event of stream.events) {
    if (event.type === 'failure') return write(errorFrame(event.failure));
    serializer ??= new ChunkSerializer({ id, createdMs, model: stream.served ?? '' }, includeUsage);
    const frame = serializer.frame(event, stream.guardrail);
    if (frame !== undefined) await write(frame);
  }
  const usage = serializer?.usageFrame(stream.usage);
  if (usage !== undefined) await write(usage);
  await write('data: [DONE]\n\n');
}

const errorFrame = (failure: Failure): string => `data: ${JSON.stringify(errorBody(failure))}\n\n`;

/** A client that does not read would hold the process, and the record, for as long as it likes. */
async function giveUpAt(
  deadlineMs: number,
  {
    responder,
    clock,
    patience,
  }: { responder: HttpResponder; clock: Clock; patience: Cancellation },
): Promise<void> {
  await clock.sleep(Math.max(0, Math.min(deadlineMs - clock.nowMs(), LONGEST_TIMER_MS)), patience);
  if (!patience.cancelled) responder.abort();
}

/** Timers take 31 bits. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

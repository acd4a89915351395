import type { Context } from 'aws-lambda';

/** One run of a scheduled door. */
export interface ScheduledRun {
  /** When the host stops the process, in milliseconds since the epoch; the door ends before. */
  readonly deadlineMs: number;
}

/** A door that a schedule opens. Rejects when the run did not do all it should: the alarm sees it. */
export type ScheduledDoor = (run: ScheduledRun) => Promise<void>;

/** What a door may need to finish what it has begun. */
const CLOSING_TIME_MS = 5_000;

/** A scheduled door as the handler of an EventBridge schedule; the event says nothing it needs. */
export function serveScheduled(
  door: ScheduledDoor,
): (event: unknown, context: Pick<Context, 'getRemainingTimeInMillis'>) => Promise<void> {
  return (_event, context) =>
    door({ deadlineMs: Date.now() + context.getRemainingTimeInMillis() - CLOSING_TIME_MS });
}

import { describe, expect, it } from 'vitest';
import { type ScheduledRun, serveScheduled } from '#runtime/scheduled.ts';

describe('serveScheduled', () => {
  it('has the door end before the host stops it', async () => {
    const runs: ScheduledRun[] = [];
    const handler = serveScheduled(async (run) => {
      runs.push(run);
    });
    const before = Date.now();

    await handler({}, { getRemainingTimeInMillis: () => 60_000 });

    const deadlineMs = runs[0]?.deadlineMs ?? 0;
    expect(deadlineMs).toBeGreaterThanOrEqual(before + 55_000);
    expect(deadlineMs).toBeLessThanOrEqual(Date.now() + 55_000);
  });

  it('fails the invocation when the run fails', async () => {
    const handler = serveScheduled(async () => {
      throw new Error('3 orphans left');
    });

    await expect(handler({}, { getRemainingTimeInMillis: () => 1_000 })).rejects.toThrow('3 orph');
  });
});

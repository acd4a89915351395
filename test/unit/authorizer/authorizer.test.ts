import { describe, expect, it } from 'vitest';
import type { TenantDirectory } from '#core/identity/tenant-directory.ts';
import { createAuthorize } from '../../../lambdas/authorizer/authorizer.ts';
import { RecordingLog, RecordingMetrics } from '../../support/recorders.ts';
import { TestClock } from '../../support/test-clock.ts';

const lost = async (): Promise<never> => {
  throw new Error('connection lost');
};
const BROKEN: TenantDirectory = { tenant: lost, keyByHash: lost, tenantOfClient: lost };
const EMPTY: TenantDirectory = {
  tenant: async () => undefined,
  keyByHash: async () => undefined,
  tenantOfClient: async () => undefined,
};

function arrange(directory: TenantDirectory, staleKeysAgeMs?: number) {
  const log = new RecordingLog();
  const metrics = new RecordingMetrics();
  const authorize = createAuthorize({
    directory,
    hash: (text) => text,
    clock: new TestClock(),
    log,
    metrics,
    staleKeysAgeMs: () => staleKeysAgeMs,
  });
  return { authorize, log, metrics };
}

describe('the authorizer', () => {
  it('is our fault, not the caller’s, when keys cannot be looked up', async () => {
    const { authorize, metrics } = arrange(BROKEN);

    const outcome = await authorize(['Bearer sk-x']);

    expect(outcome).toMatchObject({ ok: false, failure: { code: 'internal_error' } });
    expect(metrics.values('AuthorizationUnavailable')).toEqual([1]);
    expect(metrics.values('AuthorizationRefusals')).toEqual([]);
  });

  it('counts refusals by their reason and says in the log which request it was', async () => {
    const { authorize, log, metrics } = arrange(EMPTY);

    await authorize(['Bearer sk-x'], { requestId: 'request-1' });

    expect(metrics.emitted).toEqual([
      {
        name: 'AuthorizationRefusals',
        unit: 'Count',
        value: 1,
        dimensions: { reason: 'unknown_key' },
      },
    ]);
    expect(JSON.parse(log.lines[0] ?? '')).toMatchObject({
      level: 'warn',
      requestId: 'request-1',
      reason: 'unknown_key',
    });
  });

  it('tells how old the issuer’s keys are once they are stale, and only then', async () => {
    const stale = arrange(EMPTY, 4_000_000);
    const fresh = arrange(EMPTY);

    await Promise.all([stale.authorize([]), fresh.authorize([])]);

    expect([stale.metrics.values('JwksStaleAge'), fresh.metrics.values('JwksStaleAge')]).toEqual([
      [4_000_000],
      [],
    ]);
  });
});

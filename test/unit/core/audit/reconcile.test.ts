import { describe, expect, it } from 'vitest';
import { type Orphan, reconcile } from '#core/audit/reconcile.ts';
import { aCompletion, anId, anIntent } from '../../../support/audit-samples.ts';

const NOW_MS = 1_795_000_000_000;

const orphan: Orphan = {
  id: anId(),
  tenantId: 'acme',
  amounts: { requests: 1, tokens: 1_200, nanoUsd: 2_200_000 },
  expiresAtMs: NOW_MS - 1,
  windows: ['t:m:1'],
};

describe('reconcile', () => {
  it('settles at what the completion says was used', () => {
    const record = { intent: anIntent(), completion: aCompletion() };

    expect(reconcile(orphan, record, NOW_MS)).toEqual({
      kind: 'completed',
      used: { requests: 1, tokens: 1_190, nanoUsd: 2_150_000 },
    });
  });

  it('settles a completion that called no model at one request', () => {
    const { usage: _usage, ...blocked } = aCompletion({ outcome: 'blocked', nanoUsd: 0 });

    const { used } = reconcile(orphan, { completion: blocked }, NOW_MS);

    expect(used).toEqual({ requests: 1, tokens: 0, nanoUsd: 0 });
  });

  it('takes a request that only began to have used all that was set aside, and says so', () => {
    const reconciliation = reconcile(orphan, { intent: anIntent() }, NOW_MS);

    expect(reconciliation.used).toEqual(orphan.amounts);
    expect(reconciliation).toMatchObject({
      kind: 'abandoned',
      completion: {
        id: orphan.id,
        tenantId: 'acme',
        outcome: 'abandoned',
        failure: 'internal_error',
        endedAtMs: NOW_MS,
        usage: { usage: { total_tokens: 1_200 }, source: 'estimated' },
        nanoUsd: 2_200_000,
        requestHash: 'ab'.repeat(32),
      },
    });
  });

  it('reads its own completion back as the same settlement', () => {
    const first = reconcile(orphan, { intent: anIntent() }, NOW_MS);

    const again = first.kind === 'abandoned' && { completion: first.completion };

    expect(reconcile(orphan, again || undefined, NOW_MS + 1).used).toEqual(first.used);
  });

  it('gives everything back when there is no intent, for then no model was called', () => {
    expect(reconcile(orphan, undefined, NOW_MS)).toEqual({
      kind: 'never-called',
      used: { requests: 0, tokens: 0, nanoUsd: 0 },
    });
  });
});

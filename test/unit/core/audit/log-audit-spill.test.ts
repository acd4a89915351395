import { describe, expect, it } from 'vitest';
import { LogAuditSpill } from '#core/audit/log-audit-spill.ts';
import { withoutBodies } from '#core/audit/spilled-completion.ts';
import { aCompletion } from '../../../support/audit-samples.ts';

describe('LogAuditSpill', () => {
  it('writes the whole completion in one line, but no bodies', async () => {
    const lines: unknown[] = [];
    const spill = new LogAuditSpill((message, fields) => lines.push({ message, ...fields }));
    const cause = new Error('table is gone');

    await spill.spill(aCompletion({ bodies: { request: '"a secret"' } }), cause);

    expect(lines).toEqual([
      {
        message: 'audit completion spilled',
        completion: { ...aCompletion(), truncated: ['bodies'] },
        error: cause,
      },
    ]);
  });
});

describe('withoutBodies', () => {
  it('leaves a completion without bodies as it is', () => {
    expect(withoutBodies(aCompletion())).toEqual(aCompletion());
  });

  it('keeps what else was truncated', () => {
    const cut = aCompletion({ bodies: {}, truncated: ['findings', 'bodies'] });

    expect(withoutBodies(cut).truncated).toEqual(['findings', 'bodies']);
  });
});

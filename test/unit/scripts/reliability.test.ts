import { describe, expect, it } from 'vitest';
import { reliabilityPage } from '../../../scripts/reliability/page.ts';
import { type Report, tallyRows } from '../../../scripts/reliability/tally.ts';
import type { ReliabilityRow } from '../../support/reliability-row.ts';

const row: ReliabilityRow = {
  id: 'F15',
  fault: 'a table that throttles',
  answers: [
    { status: 503, code: 'quota_unavailable' },
    { status: 200, code: 'stream_truncated' },
  ],
  metric: 'QuotaFailClosed',
  alarm: 'quota-fail-closed',
  invariants: ['no model is called', 'a | in a cell'],
};

type Test = readonly [titles: readonly string[], status: string];

const report = (...tests: readonly Test[]): Report => ({
  testResults: [
    {
      name: 'a.test.ts',
      status: tests.some(([, status]) => status === 'failed') ? 'failed' : 'passed',
      assertionResults: tests.map(([titles, status]) => ({
        ancestorTitles: titles.slice(0, -1),
        title: titles.at(-1) ?? '',
        status,
      })),
    },
  ],
});

describe('the tally of rows', () => {
  it('counts what passed, by the ids its titles begin with', () => {
    const { passed, problems } = tallyRows(
      [row, { ...row, id: 'F16' }],
      report(
        [['F15 throttles', 'is refused'], 'passed'],
        [['F15 throttles', 'F15 once more'], 'passed'],
        [['F15 F16 both', 'at once'], 'passed'],
        [['something else', 'about F15'], 'passed'],
        [['F15 throttles', 'later'], 'skipped'],
      ),
    );

    expect([...passed]).toEqual([
      ['F15', 3],
      ['F16', 1],
    ]);
    expect(problems).toEqual([]);
  });

  const good: Test = [['F15 x', 'y'], 'passed'];

  it.each<[string, readonly Test[]]>([
    ['a test that failed', [good, [['F15 x', 'z'], 'failed']]],
    ['a failure without an id', [good, [['other'], 'failed']]],
    ['a row that was only skipped', [[['F15 x', 'y'], 'skipped']]],
    ['a row nobody tests', []],
    ['a title without a row', [good, [['F99 x', 'y'], 'passed']]],
  ])('is not written for %s', (_what, tests) => {
    expect(tallyRows([row], report(...tests)).problems).not.toEqual([]);
  });

  it('is not written when a file could not be run at all', () => {
    const broken: Report = {
      testResults: [{ name: 'a.test.ts', status: 'failed', assertionResults: [] }],
    };

    expect(tallyRows([], broken).problems).toEqual(['a.test.ts failed']);
  });
});

describe('the reliability page', () => {
  it('says of each row what was asserted, and of the others why not', () => {
    const page = reliabilityPage(
      [row],
      [{ id: 'F18', fault: 'the same key twice', why: 'there is no such feature yet' }],
      new Map([['F15', 7]]),
    );

    expect(page).toContain(
      '| F15 | a table that throttles | 503 `quota_unavailable`<br>200, in-band `stream_truncated` | `QuotaFailClosed` → [quota-fail-closed](runbooks/quota-fail-closed.md) | no model is called; a \\| in a cell | 7 |',
    );
    expect(page).toContain('| F18 | the same key twice | there is no such feature yet |');
  });
});

import { afterEach, describe, expect, it } from 'vitest';
import type { ClientAnswer } from './client-answer.ts';
import { type FaultBench, startFaultBench } from './fault-bench.ts';
import type { FaultyPlatformOptions } from './faulty-platform.ts';
import type { ReliabilityRow } from './reliability-row.ts';

/** What the tests of one row are given. */
export interface RowBench {
  readonly row: ReliabilityRow;
  /** A platform of this test's own; the invariants are judged when the test is over. */
  start(options?: FaultyPlatformOptions): Promise<FaultBench>;
  /** Fails unless the row promises this answer; `code` says which of several it must be. */
  expectAnswer(answer: ClientAnswer, code?: string): void;
  /** Fails when the client has noticed anything. */
  expectUnnoticed(answer: ClientAnswer): void;
}

/**
 * The tests of one row, titled with its id. What they expect of the client's answers is taken from
 * the row; and what the row promises must have been seen in one of them, its metric included.
 */
export function describeRow(row: ReliabilityRow, tests: (bench: RowBench) => void): void {
  describe(`${row.id} ${row.fault}`, () => {
    const unseen = new Set(row.answers.map(nameOf));
    const measured: number[] = [];
    const open: FaultBench[] = [];
    afterEach(async () => {
      for (const bench of open.splice(0)) {
        await bench.end();
        if (row.metric !== undefined) measured.push(...bench.metrics.values(row.metric));
      }
    });
    tests({
      row,
      start: async (options) => {
        const bench = await startFaultBench(options);
        open.push(bench);
        return bench;
      },
      expectAnswer: (answer, code) => {
        const seen = nameOf(answer);
        expect(row.answers.map(nameOf)).toContain(seen);
        if (code !== undefined) expect(answer.code).toBe(code);
        unseen.delete(seen);
      },
      expectUnnoticed: ({ status, code, whole, text }) =>
        expect({ status, code, whole, text }).toEqual({
          status: 200,
          code: undefined,
          whole: true,
          text: expect.stringMatching(/./),
        }),
    });
    it('was seen in every answer and metric of its row', () => {
      expect([...unseen]).toEqual([]);
      if (row.metric !== undefined) expect(Math.max(0, ...measured)).toBeGreaterThan(0);
    });
  });
}

const nameOf = ({
  status,
  code,
}: {
  readonly status: number;
  readonly code?: string | undefined;
}) => (code === undefined ? `${status}` : `${status} ${code}`);

/** The row of that id. */
export function rowIn(rows: readonly ReliabilityRow[], id: string): ReliabilityRow {
  const row = rows.find((candidate) => candidate.id === id);
  if (row === undefined) throw new Error(`the table has no row ${id}`);
  return row;
}

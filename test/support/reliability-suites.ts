import { existsSync, readdirSync } from 'node:fs';
import type { ReliabilityRow, UncoveredRow } from './reliability-row.ts';

/** A folder of tests that promise something of rows. */
export interface ReliabilitySuite {
  /** Its folder in `test/integration`. */
  readonly name: string;
  readonly rows: readonly ReliabilityRow[];
  readonly uncovered: readonly UncoveredRow[];
}

const INTEGRATION = new URL('../integration/', import.meta.url);

/** Every folder of `test/integration` that has a `rows.ts`, which exports `…Rows` and `uncovered…`. */
export async function reliabilitySuites(): Promise<readonly ReliabilitySuite[]> {
  const names = readdirSync(INTEGRATION).filter((name) =>
    existsSync(new URL(`${name}/rows.ts`, INTEGRATION)),
  );
  return Promise.all(
    names.sort().map(async (name) => {
      const exports: object = await import(new URL(`${name}/rows.ts`, INTEGRATION).href);
      const lists = Object.entries(exports) as [string, readonly never[]][];
      const named = (pattern: RegExp): readonly never[] =>
        lists.filter(([list]) => pattern.test(list)).flatMap(([, list]) => list);
      return { name, rows: named(/Rows$/), uncovered: named(/^uncovered/) };
    }),
  );
}

import type { ReliabilityRow } from '../../test/support/reliability-row.ts';

/** What of vitest's JSON report counts here. */
export interface Report {
  readonly testResults: readonly {
    readonly name: string;
    readonly status: string;
    readonly message?: string;
    readonly assertionResults: readonly {
      readonly ancestorTitles: readonly string[];
      readonly title: string;
      readonly status: string;
    }[];
  }[];
}

export interface Tally {
  /** Passed tests by the id of the row they are titled with. */
  readonly passed: ReadonlyMap<string, number>;
  /** Why the table may not be written, a line each. */
  readonly problems: readonly string[];
}

/** Ids that a title begins with: `F17 F25 a gateway killed …`. */
const idsOf = (title: string): readonly string[] =>
  /^(?:[FDA]\d\d )+/.exec(`${title} `)?.[0].trim().split(' ') ?? [];

type TestFile = Report['testResults'][number];

/** Counts the passed tests of each row; a test that failed, or a row without any, is a problem. */
export function tallyRows(rows: readonly ReliabilityRow[], { testResults }: Report): Tally {
  const passed = new Map<string, number>();
  for (const id of testResults.flatMap(passedIn)) passed.set(id, (passed.get(id) ?? 0) + 1);
  const known = new Set(rows.map(({ id }) => id));
  return {
    passed,
    problems: [
      ...testResults.flatMap(problemsIn),
      ...[...known].filter((id) => !passed.has(id)).map((id) => `${id} has no test that passed`),
      ...[...passed.keys()]
        .filter((id) => !known.has(id))
        .map((id) => `${id} is the title of tests, and of no row`),
    ],
  };
}

/** The ids of every passed test of a file, once for each test. */
const passedIn = ({ assertionResults }: TestFile): readonly string[] =>
  assertionResults
    .filter(({ status }) => status === 'passed')
    .flatMap(({ ancestorTitles, title }) => [
      ...new Set([...ancestorTitles, title].flatMap(idsOf)),
    ]);

function problemsIn({ name, status, assertionResults }: TestFile): readonly string[] {
  const failed = assertionResults.filter((test) => test.status === 'failed');
  return [
    ...(status === 'passed' ? [] : [`${name} ${status}`]),
    ...failed.map(
      ({ ancestorTitles, title }) => `failed: ${[...ancestorTitles, title].join(' > ')}`,
    ),
  ];
}

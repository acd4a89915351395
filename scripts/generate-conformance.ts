// npm run conformance: installs the real clients, runs the suite with all of them, and writes
// docs/conformance.md from what they saw. Exits with 1 when a cell is red.
import { spawnSync } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import {
  CLIENT_IDS,
  CLIENTS,
  type ClientId,
  isInstalled,
  PYTHON_HOME,
} from '../test/integration/conformance/clients.ts';
import { conformanceReport, type Results } from './conformance/report.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const folder = fileURLToPath(new URL('../test/integration/conformance/clients', import.meta.url));
const report = `${root}node_modules/.cache/conformance.json`;

const say = (line: string): void => {
  process.stdout.write(`${line}\n`);
};

/** @returns why it could not be done, if it could not. */
function done(command: string, args: readonly string[], cwd: string): string | undefined {
  const { status, stderr, error } = spawnSync(command, args, { cwd, encoding: 'utf8' });
  return status === 0
    ? undefined
    : `${command}: ${error?.message ?? stderr.trim().split('\n').at(-1)}`;
}

const problems = [
  done('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], folder),
  done('python3', ['-m', 'venv', PYTHON_HOME], folder) ??
    done(`${PYTHON_HOME}/bin/pip`, ['install', '--quiet', '-r', 'requirements.txt'], folder),
];
for (const problem of problems) if (problem !== undefined) say(`SKIPPED clients: ${problem}`);

const present = CLIENT_IDS.filter((id) => isInstalled(CLIENTS[id]));
rmSync(report, { force: true });
spawnSync(
  `${root}node_modules/.bin/vitest`,
  [
    ...['run', '--project', 'integration', 'test/integration/conformance'],
    ...['--reporter=default', '--reporter=json', `--outputFile.json=${report}`],
  ],
  {
    cwd: root,
    stdio: 'inherit',
    env: { ...process.env, CONFORMANCE_CLIENTS: present.join(',') },
  },
);

const results = resultsIn(JSON.parse(readFileSync(report, 'utf8')));
if (present.length < CLIENT_IDS.length) {
  say('docs/conformance.md is left as it is: not all clients could be asked');
} else {
  writeFileSync(`${root}docs/conformance.md`, conformanceReport(results));
}
process.exitCode = results.failed === 0 ? 0 : 1;

interface VitestReport {
  readonly numFailedTests: number;
  readonly numFailedTestSuites: number;
  readonly testResults: readonly {
    readonly assertionResults: readonly {
      readonly ancestorTitles: readonly string[];
      readonly title: string;
      readonly status: string;
    }[];
  }[];
}

function resultsIn({ numFailedTests, numFailedTestSuites, testResults }: VitestReport): Results {
  const cells = new Map<string, boolean>();
  for (const { ancestorTitles, title, status } of testResults.flatMap(
    ({ assertionResults }) => assertionResults,
  )) {
    const row = /^row (\d+):/.exec(title)?.[1];
    const client = ancestorTitles.find((name) => CLIENT_IDS.includes(name as ClientId));
    if (row !== undefined && client !== undefined) {
      cells.set(`${client} ${row}`, status === 'passed');
    }
  }
  return { cells, failed: numFailedTests + numFailedTestSuites };
}

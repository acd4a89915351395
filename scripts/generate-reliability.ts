import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { reliabilitySuites } from '../test/support/reliability-suites.ts';
import { reliabilityPage } from './reliability/page.ts';
import { type Report, tallyRows } from './reliability/tally.ts';

const ROOT = fileURLToPath(new URL('../', import.meta.url));
const PAGE = join(ROOT, 'docs/reliability.md');

/** A title, or the row asked for by id. */
const NAMES_A_ROW = /['"`][FDA]\d\d\b/;

/** Test files that tell of rows. */
function filesWithRows(): readonly string[] {
  return readdirSync(join(ROOT, 'test'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.test.ts'))
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((file) => NAMES_A_ROW.test(readFileSync(file, 'utf8')))
    .map((file) => relative(ROOT, file))
    .sort();
}

/** Runs the files with vitest; what failed is in the report. */
function run(files: readonly string[]): Report {
  const folder = mkdtempSync(join(tmpdir(), 'reliability-'));
  const report = join(folder, 'report.json');
  try {
    spawnSync(
      process.execPath,
      [
        join(ROOT, 'node_modules/vitest/vitest.mjs'),
        'run',
        '--reporter=default',
        '--reporter=json',
        `--outputFile.json=${report}`,
        ...files,
      ],
      { cwd: ROOT, stdio: 'inherit' },
    );
    return JSON.parse(readFileSync(report, 'utf8'));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const suites = await reliabilitySuites();
const rows = suites.flatMap((suite) => suite.rows);
const uncovered = suites.flatMap((suite) => suite.uncovered);
const { passed, problems } = tallyRows(rows, run(filesWithRows()));
if (problems.length > 0) {
  process.stderr.write(`docs/reliability.md is not written:\n${problems.join('\n')}\n`);
  process.exitCode = 1;
} else writeFileSync(PAGE, reliabilityPage(rows, uncovered, passed));

// npm run bench: measures, then writes results/latest.json and docs/benchmarks.md.
// With --quick it writes nothing; with --gate it fails when a goal is missed by far.
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gateProblems, goalResults, streamLosses } from './goals.ts';
import { parseOptions } from './options.ts';
import { type BenchResults, reportOf } from './report/report.ts';
import { toJson } from './report/to-json.ts';
import { runBench } from './run.ts';

const beside = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const say = (line: string): void => {
  process.stdout.write(`${line}\n`);
};
// As in the tests: the SDK's notice about this Node release says nothing about the run.
process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] = 'true';
// Peers end with this process: it must end in the ordinary way.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => process.exit(130));
}

const options = parseOptions(process.argv.slice(2));
const json = toJson(await runBench(options, say));
// As it was written: the page says what the file says.
const results = JSON.parse(json) as BenchResults;
const report = reportOf(results);
say(report);
if (!options.quick && options.plantSleepMs === 0) {
  writeFileSync(beside('./results/latest.json'), json);
  writeFileSync(beside('../../docs/benchmarks.md'), report);
}
if (options.gate) {
  const problems = gateProblems(goalResults(results.loads), streamLosses(results.loads));
  for (const problem of problems) say(`gate: ${problem}`);
  say(problems.length === 0 ? 'gate: open' : 'gate: closed');
  process.exitCode = problems.length === 0 ? 0 : 1;
}

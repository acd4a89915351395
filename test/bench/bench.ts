// npm run bench: measures, then writes results/latest.json and docs/benchmarks.md.
import { writeFileSync } from 'node:fs';
import { arch, cpus, platform } from 'node:os';
import { fileURLToPath } from 'node:url';
import { measureColdStarts } from './coldstart.ts';
import { measureOverhead } from './overhead.ts';
import { type BenchResults, reportOf } from './report.ts';

const beside = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const say = (line: string): void => {
  process.stdout.write(`${line}\n`);
};

say('overhead: about a minute …');
const overhead = await measureOverhead();
say('cold starts: about twenty seconds …');
const coldStarts = await measureColdStarts();

const results: BenchResults = {
  measuredOn: new Date().toISOString().slice(0, 10),
  machine: {
    cpu: cpus()[0]?.model.trim() ?? 'unknown CPU',
    cores: cpus().length,
    platform: `${platform()} ${arch()}`,
    node: process.version,
  },
  overhead,
  coldStarts,
};
const report = reportOf(results);
writeFileSync(beside('./results/latest.json'), `${JSON.stringify(results, null, 2)}\n`);
writeFileSync(beside('../../docs/benchmarks.md'), report);
say(report);

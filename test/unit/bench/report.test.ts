import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { goalResults } from '../../bench/goals.ts';
import { type BenchResults, reportOf } from '../../bench/report/report.ts';
import { toJson } from '../../bench/report/to-json.ts';

const read = (path: string): string =>
  readFileSync(new URL(`../../../${path}`, import.meta.url), 'utf8');

const json = read('test/bench/results/latest.json');
const results = JSON.parse(json) as BenchResults;

/** The run, had this target not been there. */
const without = (target: 'litellm' | 'portkey'): BenchResults => ({
  ...results,
  skipped: [{ target, why: 'it could not be had' }],
  loads: results.loads.map((load) => {
    const { [target]: _, ...targets } = load.targets;
    return { ...load, targets };
  }),
  processes: Object.fromEntries(
    Object.entries(results.processes).filter(([name]) => name !== target),
  ),
});

describe('the page of benchmarks', () => {
  it('says what the results beside it say', () => {
    expect(read('docs/benchmarks.md')).toBe(reportOf(results));
  });

  it('is what the README quotes', () => {
    const ratioOf = (what: string, target: string): string => {
      const goal = goalResults(results.loads).find(
        (it) => it.what === what && it.target === target,
      );
      return `${goal?.ratio?.median.toFixed(2)} ×`;
    };

    for (const quoted of [
      `${ratioOf('added time to first text', 'gatewayOnAws')} the time to first text`,
      `${ratioOf('CPU per request', 'gatewayOnAws')} the CPU of Portkey with six regex guards`,
      `${ratioOf('CPU per request', 'gateway')} Portkey's CPU`,
    ]) {
      expect(read('README.md')).toContain(quoted);
    }
  });

  it('comes of a run with nothing planted', () => {
    expect(results.plantSleepMs).toBe(0);
    expect(reportOf({ ...results, plantSleepMs: 5 })).toContain('5 ms of sleep were planted');
  });

  it('names a peer that was not had, and leaves its rows out', () => {
    const page = reportOf(without('litellm'));

    expect(page).toContain('SKIPPED LiteLLM proxy: it could not be had');
    expect(page).not.toContain('| LiteLLM proxy |');
  });

  it('calls a goal without its peer not measured, and compares with what is left', () => {
    const page = reportOf(without('portkey'));

    expect(page).toMatch(/added p50 .*\| not measured \|/);
    expect(page).toContain('| CPU × bare Node proxy |');
  });
});

describe('the file of results', () => {
  it('keeps four digits of a fraction, whole numbers whole, and a list on one line', () => {
    expect(toJson({ some: [1.234_567, 1_234_567], text: '[ a ]' })).toBe(
      '{\n  "some": [1.235, 1234567],\n  "text": "[ a ]"\n}\n',
    );
  });
});

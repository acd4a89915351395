import { describe, expect, it } from 'vitest';
import { parseOptions } from '../../bench/options.ts';

describe("the bench's options", () => {
  it('are off unless asked for', () => {
    expect(parseOptions([])).toEqual({ quick: false, gate: false, plantSleepMs: 0 });
    expect(parseOptions(['--quick', '--gate', '--plant-sleep', '5'])).toEqual({
      quick: true,
      gate: true,
      plantSleepMs: 5,
    });
  });

  it.each(['five', '-1', 'Infinity'])('do not take a sleep of %s', (value) => {
    expect(() => parseOptions([`--plant-sleep=${value}`])).toThrow(
      `--plant-sleep takes milliseconds, got '${value}'`,
    );
  });

  it('do not take what they do not know', () => {
    expect(() => parseOptions(['--qiuck'])).toThrow("Unknown option '--qiuck'");
  });
});

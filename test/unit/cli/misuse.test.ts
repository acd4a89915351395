import { describe, expect, it } from 'vitest';
import { runBallast } from '../../support/run-ballast.ts';

const env = { BALLAST_API_KEY: 'sk-test', BALLAST_URL: 'http://127.0.0.1:9' };

describe('misuse of ballast', () => {
  it.each([
    ['no command', [], 'Usage: ballast'],
    ['half a command', ['keys'], 'Usage: ballast keys'],
    ['an unknown command', ['tenats'], 'Did you mean tenants?'],
    ['an unknown option', ['usage', '--jsn'], 'Did you mean --json?'],
    ['a missing argument', ['tenants', 'show'], "missing required argument 'tenant'"],
    ['one argument too many', ['usage', 'acme'], 'too many arguments'],
    ['a bad number', ['tenants', 'create', 'x', '--tokens-per-day', '1.5'], "argument '1.5'"],
    ['a negative number', ['tenants', 'create', 'x', '--tokens-per-day=-1'], "argument '-1'"],
    ['bad money', ['tenants', 'create', 'x', '--usd-per-day', '5 EUR'], "argument '5 EUR'"],
    ['an unknown choice', ['tenants', 'create', 'x', '--bodies', 'all'], "argument 'all'"],
    ['an empty change', ['tenants', 'update', 'x'], 'nothing to change'],
    ['a bootstrap of nothing', ['bootstrap'], '--stack <name>'],
    ['a bad tenant', ['bootstrap', '--stack', 's', '--tenant', 'A b'], "argument 'A b'"],
  ])('%s ends with exit code 2 and a way out', async (_name, args, words) => {
    const run = await runBallast(args, { env });

    expect(run).toMatchObject({ exitCode: 2, stdout: '' });
    expect(run.stderr).toContain(words);
  });

  it('is told as one JSON line to a reader of JSON', async () => {
    const wrong = await runBallast(['tenats', '--json'], { env });
    const empty = await runBallast(['--json'], { env });

    expect(JSON.parse(wrong.stderr).error).toEqual({
      code: 'usage',
      message: "unknown command 'tenats'\n(Did you mean tenants?)",
    });
    expect(JSON.parse(empty.stderr).error.message).toBe('no command given; see ballast --help');
  });

  it.each([['--help'], ['tenants', 'create', '--help'], ['bootstrap', '--help'], ['--version']])(
    'is not asking for help: %s %s %s',
    async (...args) => {
      const run = await runBallast(args.filter(Boolean), { env });

      expect(run).toMatchObject({ exitCode: 0, stderr: '' });
      expect(run.stdout).not.toBe('');
    },
  );
});

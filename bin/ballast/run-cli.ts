import { readFileSync } from 'node:fs';
import { Command, CommanderError } from 'commander';
import { ApiClient } from './api-client.ts';
import { CliError } from './cli-error.ts';
import type { CliContext } from './command.ts';
import { nouns } from './commands.ts';
import { findCredentials } from './credentials.ts';
import type { Host } from './host.ts';
import { Output } from './output.ts';

const DEFAULT_URL = 'http://127.0.0.1:8787';

const HELP = `
Credentials: --key or BALLAST_API_KEY, else an OAuth2 client from BALLAST_CLIENT_ID,
BALLAST_CLIENT_SECRET and BALLAST_TOKEN_URL.
Exit codes: 0 done, 1 refused or failed, 2 wrong usage.

Examples:
  $ BALLAST_API_KEY=sk-local-admin ballast tenants list
  $ ballast tenants create acme --usd-per-day 5 --requests-per-minute 60
  $ ballast keys create acme --name ci
  $ ballast audit show 01KATZQ8V0J5T3YB6ZK1E0WXYZ --json
  $ ballast bootstrap --stack ballast-dev`;

/** Runs one command line and gives its exit code: 0 done, 1 refused or failed, 2 wrong usage. */
export async function runCli(args: readonly string[], host: Host): Promise<number> {
  const output = new Output(host, args.includes('--json'));
  const program = createProgram(host, output);
  try {
    await program.parseAsync([...args], { from: 'user' });
    return 0;
  } catch (thrown) {
    if (thrown instanceof CommanderError) return reportUsage(thrown, output);
    output.error(thrown);
    return 1;
  }
}

function createProgram(host: Host, output: Output): Command {
  const program = new Command('ballast')
    .description('Operates a Ballast platform, local or deployed.')
    .version(packageVersion())
    .option('--url <url>', `where the platform is (BALLAST_URL; default ${DEFAULT_URL})`)
    .option('--key <key>', 'the sk-… key to use (better: BALLAST_API_KEY)')
    .option('--json', 'one JSON document on standard output, errors as JSON on standard error')
    .addHelpText('after', HELP)
    .exitOverride()
    .configureOutput({
      writeOut: (text) => host.out(text),
      writeErr: (text) => {
        // A reader of JSON gets the message from `reportUsage`, and nothing else.
        if (!output.json) host.err(text);
      },
    });
  const context: CliContext = {
    host,
    output: () => output,
    api: () => {
      const { url, key } = program.opts<{ readonly url?: string; readonly key?: string }>();
      return new ApiClient(platformUrl(url, host.env), findCredentials(key, host.env));
    },
  };
  for (const addNoun of nouns) addNoun(program, context);
  return program;
}

function platformUrl(option: string | undefined, env: Host['env']): string {
  const url = option ?? (env['BALLAST_URL'] || DEFAULT_URL);
  if (/^https?:/i.test(url) && URL.canParse(url)) return url;
  const source = option === undefined ? 'BALLAST_URL' : '--url';
  throw new CliError('bad_url', `${source} must be an http or https URL, got '${url}'`);
}

/** Commander has told people already; a reader of JSON is told here. */
function reportUsage(error: CommanderError, output: Output): number {
  if (error.exitCode === 0) return 0;
  if (output.json) {
    const message =
      error.code === 'commander.help'
        ? 'no command given; see ballast --help'
        : error.message.replace(/^error: /, '');
    output.error(new CliError('usage', message, { cause: error }));
  }
  return 2;
}

function packageVersion(): string {
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
  return (JSON.parse(text) as { readonly version: string }).version;
}

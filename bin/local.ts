import { Command, InvalidArgumentError } from 'commander';
import { LocalLog, LocalMetrics } from './local/local-log.ts';
import { LOCAL_KEYS } from './local/seed.ts';
import { type RunningPlatform, startPlatform } from './local/start-platform.ts';

const DEFAULT_PORT = 8787;

interface Options {
  readonly port: number;
  readonly memory?: true;
  readonly data: string;
  readonly upstream?: string;
  readonly bedrock?: true;
  readonly json?: true;
}

function portNumber(text: string): number {
  const port = Number(text);
  if (!/^\d+$/.test(text) || port > 65_535) {
    throw new InvalidArgumentError(`expected a port from 0 to 65535, got '${text}'.`);
  }
  return port;
}

const program = new Command('npm start --')
  .description('The platform on this machine: no AWS account, no Docker.')
  .option('--port <number>', 'where to listen; 0 for any free port', portNumber)
  .option('--memory', 'keep state in memory instead of on disk')
  .option('--data <folder>', 'where state is kept', '.ballast')
  .option('--upstream <url>', 'serve models of an OpenAI-compatible server (Ollama, vLLM, …)')
  .option('--bedrock', 'serve models of Amazon Bedrock with your AWS credentials')
  .option('--json', 'print one line of JSON when ready')
  .action(async (given: Omit<Options, 'port'> & { readonly port?: number }) => {
    const port = given.port ?? portNumber(process.env['PORT'] ?? String(DEFAULT_PORT));
    await start({ ...given, port });
  });

async function start(options: Options): Promise<void> {
  const apiKey = process.env['BALLAST_UPSTREAM_API_KEY'];
  const log = new LocalLog();
  const platform = await startPlatform({
    port: options.port,
    dataFolder: options.memory ? undefined : options.data,
    ...(options.upstream === undefined ? {} : { upstream: options.upstream }),
    ...(apiKey === undefined ? {} : { upstreamApiKey: apiKey }),
    bedrock: options.bedrock === true,
    log,
    metrics: new LocalMetrics(log),
  });
  process.stdout.write(options.json ? readyLine(platform) : welcome(platform, options));
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      void platform.close().then(() => process.exit(0));
    });
  }
}

const readyLine = ({ url }: RunningPlatform): string =>
  `${JSON.stringify({ url, keys: LOCAL_KEYS })}\n`;

const welcome = ({ url, models }: RunningPlatform, { memory, data }: Options): string => `
  Ballast is ready at ${url}

  Docs and a chat box   ${url}/
  State                 ${memory ? 'in memory, gone when this ends' : `in ${data}/, kept over restarts`}
  Models                ${models.length}: chat-default, ${models.slice(1, 4).join(', ')}, … (GET /v1/models)

  Try it:

    curl -N ${url}/v1/chat/completions \\
      -H 'authorization: Bearer ${LOCAL_KEYS.demo}' -H 'content-type: application/json' \\
      -d '{"model":"simulated/lorem","stream":true,"max_tokens":60,"messages":[{"role":"user","content":"hello"}]}'

  Ctrl-C ends it.
`;

try {
  // The SDK's notice about this Node release is for us, not for whoever starts the platform.
  process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] ??= 'true';
  await program.parseAsync();
} catch (thrown) {
  process.stderr.write(`error: ${thrown instanceof Error ? thrown.message : String(thrown)}\n`);
  process.exit(1);
}

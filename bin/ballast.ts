import { processHost } from './ballast/host.ts';
import { runCli } from './ballast/run-cli.ts';

process.exitCode = await runCli(process.argv.slice(2), processHost());

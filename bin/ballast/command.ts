import type { Command } from 'commander';
import type { ApiClient } from './api-client.ts';
import type { Host } from './host.ts';
import type { Output } from './output.ts';

/** What every command is given; made of the global options, so only an action may ask for it. */
export interface CliContext {
  readonly host: Host;
  output(): Output;
  /** @throws CliError when there is no credential. */
  api(): ApiClient;
}

/** One noun of the command line: adds its commands to the program. One file each in commands/. */
export type Noun = (program: Command, context: CliContext) => void;

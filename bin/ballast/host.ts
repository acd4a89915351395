import { type AwsAccount, openAwsAccount } from './aws-account.ts';

/** What the command line touches outside itself; a test brings its own. */
export interface Host {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Standard output: results only. */
  out(text: string): void;
  /** Standard error: errors, and help nobody asked for. */
  err(text: string): void;
  /** Opened by the one command that needs it: loading the SDK takes longer than most commands. */
  openAws(region: string | undefined): Promise<AwsAccount>;
}

export function processHost(): Host {
  process.stdout.on('error', endQuietlyOnClosedPipe);
  return {
    env: process.env,
    out: (text) => process.stdout.write(text),
    err: (text) => process.stderr.write(text),
    openAws: openAwsAccount,
  };
}

/** `ballast tenants list | head -1` closes our output early, and that is no error. */
function endQuietlyOnClosedPipe(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE') throw error;
  process.exit(0);
}

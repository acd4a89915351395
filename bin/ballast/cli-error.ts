interface CliErrorDetails extends ErrorOptions {
  /** HTTP status of the answer. */
  readonly status?: number | undefined;
  /** `x-request-id` of the answer; the id to quote and to look up in the audit trail. */
  readonly requestId?: string | undefined;
}

/** What a command gives up with: printed on standard error, exit code 1. */
export class CliError extends Error {
  override readonly name = 'CliError';
  readonly code: string;
  readonly status: number | undefined;
  readonly requestId: string | undefined;

  constructor(code: string, message: string, details: CliErrorDetails = {}) {
    super(message, details);
    this.code = code;
    this.status = details.status;
    this.requestId = details.requestId;
  }
}

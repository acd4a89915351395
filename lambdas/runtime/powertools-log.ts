import { Logger } from '@aws-lambda-powertools/logger';
import { describeError } from './describe-error.ts';
import type { Log, LogFields } from './observability.ts';

/**
 * One JSON line for each call, on the process's output. Nothing is kept between calls, so that
 * requests served at once cannot get into each other's lines.
 *
 * @see https://docs.aws.amazon.com/powertools/typescript/latest/features/logger/
 */
export class PowertoolsLog implements Log {
  readonly #logger: Logger;

  /** @param serviceName the door's, as `service` in each line. */
  constructor(serviceName: string) {
    this.#logger = new Logger({ serviceName });
  }

  info(message: string, fields: LogFields = {}): void {
    this.#logger.info(message, printable(fields));
  }

  warn(message: string, fields: LogFields = {}): void {
    this.#logger.warn(message, printable(fields));
  }

  error(message: string, fields: LogFields = {}): void {
    this.#logger.error(message, printable(fields));
  }
}

/** The fields with what was thrown described: under `error`, and wherever else an Error stands. */
function printable(fields: LogFields): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [
      name,
      name === 'error' || value instanceof Error ? describeError(value) : value,
    ]),
  );
}

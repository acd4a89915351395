import type { AuditSpill } from './audit-log.ts';
import type { AuditCompletion } from './audit-record.ts';
import { withoutBodies } from './spilled-completion.ts';

/** Writes one structured line to the log stream. */
export type LogError = (message: string, fields: Readonly<Record<string, unknown>>) => void;

/**
 * The last place for a completion: one log line that carries all of it but the bodies, which no log
 * may hold.
 */
export class LogAuditSpill implements AuditSpill {
  readonly #logError: LogError;

  constructor(logError: LogError) {
    this.#logError = logError;
  }

  async spill(completion: AuditCompletion, cause: unknown): Promise<void> {
    this.#logError('audit completion spilled', {
      completion: withoutBodies(completion),
      error: cause,
    });
  }
}

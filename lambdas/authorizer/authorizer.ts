import { type Failure, toFailure } from '#core/failures/failure.ts';
import { failed, type Outcome } from '#core/failures/outcome.ts';
import { type AuthenticationParts, authenticate } from '#core/identity/authenticate.ts';
import type { Caller } from '#core/identity/caller.ts';
import { CredentialRefusal } from '#core/identity/credential-refusal.ts';
import {
  count,
  type Log,
  type LogFields,
  type Metrics,
  milliseconds,
} from '#runtime/observability.ts';
import { authorizerMetrics as names } from './contract.ts';

/** Says who calls, from every `authorization` header of a request. Never rejects. */
export type Authorize = (
  authorization: readonly string[],
  context?: LogFields,
) => Promise<Outcome<Caller>>;

export interface AuthorizerParts extends AuthenticationParts {
  readonly log: Log;
  readonly metrics: Metrics;
  /** Age of the issuer's keys in use, in milliseconds; undefined while they are fresh. */
  readonly staleKeysAgeMs?: (() => number | undefined) | undefined;
}

/**
 * The decision API Gateway asks for, and the local server too.
 *
 * Whoever is refused learns no more than that; the log has the reason, and never the credential.
 */
export function createAuthorize(parts: AuthorizerParts): Authorize {
  return async (authorization, context = {}) => {
    const outcome = await decide(authorization, parts);
    const ageMs = parts.staleKeysAgeMs?.();
    if (ageMs !== undefined) parts.metrics.emit([milliseconds(names.staleKeysAge, ageMs)], {});
    if (!outcome.ok) report(outcome.failure, context, parts);
    return outcome;
  };
}

async function decide(
  authorization: readonly string[],
  parts: AuthenticationParts,
): Promise<Outcome<Caller>> {
  try {
    return await authenticate(authorization, parts);
  } catch (thrown) {
    return failed(toFailure(thrown));
  }
}

function report(failure: Failure, context: LogFields, { log, metrics }: AuthorizerParts): void {
  if (failure instanceof CredentialRefusal) {
    const { reason, about } = failure;
    metrics.emit([count(names.refusals)], { reason });
    log.warn('credential refused', { ...context, reason, about });
    return;
  }
  metrics.emit([count(names.unavailable)], {});
  log.error('credential not checked', { ...context, code: failure.code, error: failure });
}

import type { AuditLog, AuditReader, AuditSpill } from '#core/audit/audit-log.ts';
import type { Mint } from '#core/governance/mint-key.ts';
import type { QuotaUsage } from '#core/governance/quota-usage.ts';
import type { Caller, Scope } from '#core/identity/caller.ts';
import type { TenantRegistry } from '#core/identity/tenant-directory.ts';
import type { RouteTable } from '#core/routing/route.ts';
import type { Clock } from '#core/time/clock.ts';
import type { NewId } from '#core/time/ulid.ts';
import type { HttpRequest } from '#runtime/http.ts';
import type { Log } from '#runtime/observability.ts';

/** What the governance door is made of. */
export interface GovernanceParts {
  readonly registry: TenantRegistry;
  readonly auditReader: AuditReader;
  readonly auditLog: AuditLog;
  readonly auditSpill: AuditSpill;
  readonly usage: QuotaUsage;
  readonly routes: RouteTable;
  /** Names of the guardrail policies a tenant may be given. */
  readonly guardrailPolicies: readonly string[];
  readonly mint: Mint;
  readonly clock: Clock;
  readonly newId: NewId;
  readonly log: Log;
  /** Origins browsers may call from, comma-separated. */
  readonly allowedOrigins: string | undefined;
}

/** One request that has passed the scope check. */
export interface Call {
  /** ULID; the answer's `x-request-id`. */
  readonly id: string;
  readonly nowMs: number;
  readonly request: HttpRequest;
  readonly caller: Caller;
  /** A value of the path by its name in the pattern, percent-decoded. */
  param(name: string): string;
}

export interface Reply {
  readonly status: number;
  readonly body: object;
  readonly headers?: Readonly<Record<string, string>>;
}

/** One method on one path. `run` may throw a `Failure`; anything else it throws is a defect. */
export interface Endpoint {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** `/admin/v1/tenants/{tenant}`. */
  readonly pattern: string;
  /** Any one of them suffices. */
  readonly scopes: readonly Scope[];
  run(call: Call, parts: GovernanceParts): Promise<Reply>;
}

type Parameters = ReadonlyMap<string, string>;

/** The values a path gives a pattern's names; undefined when it does not match. */
export function matchPath(pattern: string, path: string): Parameters | undefined {
  const expected = pattern.split('/');
  const segments = path.split('/');
  if (segments.length !== expected.length) return undefined;
  const parameters = new Map<string, string>();
  for (const [index, part] of expected.entries()) {
    const segment = segments[index] ?? '';
    if (!part.startsWith('{')) {
      if (part !== segment) return undefined;
      continue;
    }
    const value = decode(segment);
    if (value === undefined || value === '') return undefined;
    parameters.set(part.slice(1, -1), value);
  }
  return parameters;
}

function decode(segment: string): string | undefined {
  try {
    return decodeURIComponent(segment);
  } catch {
    // A stray `%` names nothing.
    return undefined;
  }
}

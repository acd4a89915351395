import { createHash, randomBytes } from 'node:crypto';
import type { AuditCompletion, AuditIntent, AuditRecord } from '#core/audit/audit-record.ts';
import { type Caller, SCOPES, type Tenant } from '#core/identity/caller.ts';
import type { Amounts } from '#core/quota/limits.ts';
import type { Route } from '#core/routing/route.ts';
import { Cancellation } from '#core/time/cancellation.ts';
import { formatUlid } from '#core/time/ulid.ts';
import type { HttpRequest } from '#runtime/http.ts';
import type { LogFields } from '#runtime/observability.ts';
import type { GovernanceParts } from '../../lambdas/governance/endpoint.ts';
import { createGovernance } from '../../lambdas/governance/governance.ts';
import { MemoryTenantRegistry } from './memory-tenant-registry.ts';

/** 2026-11-23T10:00:00Z. */
export const NOW_MS = Date.UTC(2026, 10, 23, 10);

export const ADMIN: Caller = {
  tenantId: 'operator',
  keyId: 'adminkey0001',
  scopes: SCOPES,
  limits: { tenant: {} },
  bodies: 'hash-only',
};

export const ACME: Tenant = {
  id: 'acme',
  name: 'Acme',
  status: 'active',
  limits: { requestsPerMinute: 5, nanoUsdPerDay: 50_000_000 },
  bodies: 'hash-only',
  version: 0,
};

export const CHAT_ROUTE: Route = {
  name: 'chat-default',
  description: 'chat',
  targets: [{ provider: 'simulated', model: 'echo', weight: 1, maxOutputTokens: 4096 }],
  defaultMaxTokens: 1024,
  firstByteTimeoutMs: 30_000,
  idleTimeoutMs: 60_000,
  answerTimeoutMs: 120_000,
  deadlineMs: 600_000,
  commitAfterMs: 20_000,
  maxAttempts: 3,
  dropParams: false,
  guardrailPolicy: 'default',
};

/** What a governance door needs, in memory, and what became of it. */
export class GovernanceBench {
  readonly registry: MemoryTenantRegistry;
  readonly intents: AuditIntent[] = [];
  readonly completions: AuditCompletion[] = [];
  readonly spilled: AuditCompletion[] = [];
  readonly records = new Map<string, AuditRecord>();
  readonly logged: { readonly message: string; readonly fields: LogFields | undefined }[] = [];
  used: Amounts = { requests: 0, tokens: 0, nanoUsd: 0 };
  readonly parts: GovernanceParts;

  constructor(changes: Partial<GovernanceParts> = {}, pageSize = 100) {
    this.registry = new MemoryTenantRegistry(pageSize);
    const note = (message: string, fields?: LogFields) => {
      this.logged.push({ message, fields });
    };
    let ids = 0;
    this.parts = {
      registry: this.registry,
      auditReader: { find: async (tenantId, id) => this.records.get(`${tenantId}/${id}`) },
      auditLog: {
        writeIntent: async (intent) => {
          this.intents.push(intent);
        },
        writeCompletion: async (completion) => {
          this.completions.push(completion);
        },
      },
      auditSpill: {
        spill: async (completion) => {
          this.spilled.push(completion);
        },
      },
      usage: { month: async () => this.used },
      routes: {
        route: (name) => (name === CHAT_ROUTE.name ? CHAT_ROUTE : undefined),
        all: () => [CHAT_ROUTE],
      },
      guardrailPolicies: ['default', 'strict'],
      mint: {
        randomBytes,
        sha256: (text) => createHash('sha256').update(text).digest('hex'),
      },
      clock: { nowMs: () => NOW_MS, sleep: async () => {} },
      newId: (nowMs) => {
        ids += 1;
        return formatUlid(
          nowMs,
          Array.from({ length: 16 }, () => ids),
        );
      },
      log: { info: note, warn: note, error: note },
      allowedOrigins: undefined,
      ...changes,
    };
  }

  /** Sends one request; a `body` that is no text is sent as JSON. No caller: `caller: null`. */
  async send(
    method: string,
    target: string,
    options: {
      readonly body?: unknown;
      readonly caller?: Caller | null;
      readonly headers?: Readonly<Record<string, string>>;
    } = {},
  ): Promise<Answer> {
    const { body = '', caller = ADMIN, headers = {} } = options;
    const url = new URL(target, 'http://door');
    const request: HttpRequest = {
      method,
      path: url.pathname,
      query: Object.fromEntries(url.searchParams),
      headers,
      body: typeof body === 'string' ? body : JSON.stringify(body),
      ...(caller === null ? {} : { caller }),
    };
    let status = 0;
    let answerHeaders: Readonly<Record<string, string>> = {};
    let text = '';
    await createGovernance(this.parts)(
      request,
      {
        start: (code, fields) => {
          status = code;
          answerHeaders = fields;
        },
        write: async (part) => {
          text += part;
        },
        abort: () => {},
        end: async (part = '') => {
          text += part;
        },
      },
      { deadlineMs: NOW_MS + 60_000, disconnected: new Cancellation() },
    );
    return { status, headers: answerHeaders, json: JSON.parse(text) };
  }
}

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly json: Readonly<Record<string, unknown>>;
}

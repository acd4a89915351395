import { defineEnv, optional, text } from '#runtime/env.ts';

export const gatewayEnv = defineEnv({
  QUOTA_TABLE_NAME: text,
  AUDIT_TABLE_NAME: text,
  CONTROL_TABLE_NAME: text,
  /** Completions that the audit table would not take. */
  SPILL_QUEUE_URL: text,
  /** The platform file in the bundle: routes, guardrail policies, prices, providers. */
  PLATFORM_FILE: text,
  /** Origins browsers may call from, comma-separated; empty for none. */
  ALLOWED_ORIGINS: optional(text),
});

/** Emitted by the gateway, dimension `route` unless said otherwise. */
export const gatewayMetrics = {
  requests: 'Requests',
  /** Answers with a status of 500 or more. */
  serverErrors: 'ServerErrors',
  /** Refused for quota or budget. */
  quotaDenials: 'QuotaDenials',
  /** Refused because the quota store could not answer. */
  quotaFailClosed: 'QuotaFailClosed',
  /** Intents that could not be written, and completions that had to be spilled. */
  auditFailures: 'AuditFailures',
  guardrailBlocks: 'GuardrailBlocks',
  guardrailErrors: 'GuardrailErrors',
  /** Answered by a target other than the first choice. */
  fallbacks: 'Fallbacks',
  /** A circuit went from closed to open. */
  circuitOpened: 'CircuitOpened',
  refusalsNotRecorded: 'RefusalsNotRecorded',
  latency: 'Latency',
  timeToFirstToken: 'TimeToFirstToken',
  promptTokens: 'PromptTokens',
  completionTokens: 'CompletionTokens',
  /** In nano-dollars. */
  cost: 'CostNanoUsd',
  /** Settled minus reserved tokens, as a share of the reserved. */
  quotaEstimateError: 'QuotaEstimateError',
} as const;

export const METRICS_NAMESPACE = 'Ballast';

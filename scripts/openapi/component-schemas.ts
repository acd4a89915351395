import { type JsonSchema, toJsonSchemaDefs } from '@valibot/to-json-schema';
import type * as v from 'valibot';
import { chatRequestSchema } from '../../lambdas/gateway/parse/chat-request-schema.ts';
import { clientSchema } from '../../lambdas/governance/clients.ts';
import { newKeySchema } from '../../lambdas/governance/key-json.ts';
import { newTenantSchema, tenantChangeSchema } from '../../lambdas/governance/tenant-json.ts';
import { moderationRequestSchema } from '../../lambdas/guardrail/parse-moderation-request.ts';
import * as answers from './answers.ts';
import { chatFieldNotes } from './chat-field-notes.ts';
import * as governance from './governance-answers.ts';

type Schemas = Readonly<Record<string, v.BaseSchema<unknown, unknown, v.BaseIssue<unknown>>>>;

/** The schemas that requests are parsed with. */
const requests = {
  ChatCompletionRequest: chatRequestSchema,
  ModerationRequest: moderationRequestSchema,
  NewTenant: newTenantSchema,
  TenantChange: tenantChangeSchema,
  NewKey: newKeySchema,
  Client: clientSchema,
} as const satisfies Schemas;

const replies = {
  Error: answers.errorSchema,
  Usage: answers.usageSchema,
  GuardrailNote: answers.guardrailNoteSchema,
  ChatCompletion: answers.chatCompletionSchema,
  ChatCompletionChunk: answers.chatChunkSchema,
  Model: answers.modelSchema,
  ModelList: answers.modelListSchema,
  Moderation: answers.moderationSchema,
  Health: answers.healthSchema,
  KeyLimits: governance.keyLimitsAnswer,
  TenantLimits: governance.limitsAnswer,
  UsageReport: governance.usageReportSchema,
  AuditRecord: governance.auditRecordSchema,
  Tenant: governance.tenantSchema,
  TenantPage: governance.tenantPage,
  Key: governance.keySchema,
  KeyPage: governance.keyPage,
  KeyWithSecret: governance.newKeyAnswer,
  Route: governance.routeAnswer,
  RoutePage: governance.routePage,
  ClientOfTenant: governance.clientAnswer,
} as const satisfies Schemas;

export type SchemaName = keyof typeof requests | keyof typeof replies;

export const refTo = (name: SchemaName): { readonly $ref: string } => ({
  $ref: `#/components/schemas/${name}`,
});

const convert = (schemas: Schemas): Record<string, JsonSchema> =>
  toJsonSchemaDefs(schemas, {
    target: 'draft-2020-12',
    typeMode: 'input',
    // What JSON cannot say: Infinity, and a time that looks like one but is none.
    ignoreActions: ['finite', 'check', 'raw_transform'],
    // JSON Schema patterns are Unicode ones already.
    overrideAction: ({ valibotAction, jsonSchema }) =>
      isUnicodePattern(valibotAction)
        ? { ...jsonSchema, pattern: valibotAction.requirement.source }
        : undefined,
    overrideRef: ({ referenceId }) => `#/components/schemas/${referenceId}`,
  });

const isUnicodePattern = (action: object): action is { readonly requirement: RegExp } =>
  'requirement' in action &&
  action.requirement instanceof RegExp &&
  action.requirement.flags === 'u';

/** Every request and answer by name: requests as strict as they are parsed, answers free to grow. */
export function componentSchemas(): Record<string, JsonSchema> {
  const converted = convert(requests);
  return {
    ...converted,
    ChatCompletionRequest: withNotes(converted['ChatCompletionRequest'] ?? {}, chatFieldNotes),
    ...(growing(convert(replies)) as Record<string, JsonSchema>),
  };
}

function withNotes(schema: JsonSchema, notes: Readonly<Record<string, string>>): JsonSchema {
  const properties = Object.entries(schema.properties ?? {}).map(([name, property]) => [
    name,
    typeof property === 'object' ? { ...property, description: notes[name] } : property,
  ]);
  return { ...schema, properties: Object.fromEntries(properties) };
}

/** A client must not break when an answer gets a member. */
function growing(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(growing);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([name, inner]) => !(name === 'additionalProperties' && inner === false))
      .map(([name, inner]) => [name, growing(inner)]),
  );
}

import type { Scope } from '#core/identity/caller.ts';
import type { SchemaName } from './component-schemas.ts';
import { failsWith } from './errors.ts';
import * as examples from './examples.ts';
import { jsonAnswer, jsonBody, type Operation, operation } from './operation.ts';

const READERS: readonly Scope[] = ['ballast/audit', 'ballast/inference'];
const ADMINS: readonly Scope[] = ['ballast/admin'];

const after = {
  name: 'after',
  in: 'query',
  description: '`next` of the page before.',
  schema: { type: 'string' },
};

const ifMatch = {
  name: 'if-match',
  in: 'header',
  description: 'The version the change was made against, instead of `version` in the body.',
  schema: { type: 'string' },
  example: '"3"',
};

const TENANTS = '/admin/v1/tenants';
const TENANT = '/admin/v1/tenants/{tenant}';
const KEYS = '/admin/v1/tenants/{tenant}/keys';
const KEY = '/admin/v1/tenants/{tenant}/keys/{key}';

interface Reading {
  readonly operationId: string;
  readonly tag: string;
  readonly summary: string;
  readonly description?: string;
  readonly scopes: readonly Scope[];
  readonly parameters?: readonly object[];
  readonly schema: SchemaName;
  readonly answer: string;
}

/** What names nothing cannot be missing. */
const reading = (path: string, { schema, answer, ...described }: Reading): Operation =>
  operation('get', path, {
    ...described,
    responses: {
      200: jsonAnswer(answer, schema),
      ...failsWith(401, 403, ...(path.includes('{') ? [404] : []), 429, 503),
    },
  });

const versioned = (description: string, schema: SchemaName): object =>
  jsonAnswer(description, schema, { headers: ['etag'] });

const ownRecords: readonly Operation[] = [
  reading('/v1/usage', {
    operationId: 'getUsage',
    tag: 'Governance',
    summary: 'What the tenant has used this month',
    description: 'Of the current calendar month (UTC), reservations in flight included.',
    scopes: READERS,
    schema: 'UsageReport',
    answer: 'Use and limits.',
  }),
  reading('/v1/audit/{id}', {
    operationId: 'getAuditRecord',
    tag: 'Governance',
    summary: 'The audit record of one request',
    description: 'Another tenant’s record and one that never was are the same 404.',
    scopes: READERS,
    schema: 'AuditRecord',
    answer: 'The record; `outcome` is null while the request is under way.',
  }),
];

const tenants: readonly Operation[] = [
  reading(TENANTS, {
    operationId: 'listTenants',
    tag: 'Tenants',
    summary: 'All tenants',
    scopes: ADMINS,
    parameters: [after],
    schema: 'TenantPage',
    answer: 'One page of them.',
  }),
  operation('post', TENANTS, {
    operationId: 'createTenant',
    tag: 'Tenants',
    summary: 'Create a tenant',
    scopes: ADMINS,
    body: jsonBody('NewTenant', { tenant: examples.newTenant }),
    responses: {
      201: versioned('The tenant.', 'Tenant'),
      ...failsWith(400, 401, 403, 409, 413, 429, 503),
    },
  }),
  reading(TENANT, {
    operationId: 'getTenant',
    tag: 'Tenants',
    summary: 'One tenant',
    scopes: ADMINS,
    schema: 'Tenant',
    answer: 'The tenant.',
  }),
  operation('patch', TENANT, {
    operationId: 'changeTenant',
    tag: 'Tenants',
    summary: 'Change a tenant',
    description:
      'Fields left out stay as they are; a limit of `null` is no limit. Names the version it was made against, and is refused when that is no longer the latest.',
    scopes: ADMINS,
    parameters: [ifMatch],
    body: jsonBody('TenantChange', { budget: examples.tenantChange }),
    responses: {
      200: versioned('The tenant as it is now.', 'Tenant'),
      ...failsWith(400, 401, 403, 404, 409, 413, 429, 503),
    },
  }),
  operation('delete', TENANT, {
    operationId: 'suspendTenant',
    tag: 'Tenants',
    summary: 'Suspend a tenant',
    description: 'Records of who paid are never deleted: a deleted tenant is a suspended one.',
    scopes: ADMINS,
    responses: {
      200: versioned('The tenant, suspended.', 'Tenant'),
      ...failsWith(400, 401, 403, 404, 409, 429, 503),
    },
  }),
];

const keys: readonly Operation[] = [
  reading(KEYS, {
    operationId: 'listKeys',
    tag: 'Keys',
    summary: 'Keys of a tenant',
    scopes: ADMINS,
    parameters: [after],
    schema: 'KeyPage',
    answer: 'One page of them.',
  }),
  operation('post', KEYS, {
    operationId: 'createKey',
    tag: 'Keys',
    summary: 'Create a key',
    description: 'The secret is in this answer and nowhere else.',
    scopes: ADMINS,
    body: jsonBody('NewKey', { key: examples.newKey }),
    responses: {
      201: versioned('The key with its secret.', 'KeyWithSecret'),
      ...failsWith(400, 401, 403, 404, 409, 413, 429, 503),
    },
  }),
  reading(KEY, {
    operationId: 'getKey',
    tag: 'Keys',
    summary: 'One key',
    scopes: ADMINS,
    schema: 'Key',
    answer: 'The key.',
  }),
  operation('delete', KEY, {
    operationId: 'revokeKey',
    tag: 'Keys',
    summary: 'Revoke a key',
    description: 'Takes effect within 30 seconds. Revoking twice is no error.',
    scopes: ADMINS,
    responses: {
      200: versioned('The key, revoked.', 'Key'),
      ...failsWith(401, 403, 404, 409, 429, 503),
    },
  }),
];

const others: readonly Operation[] = [
  operation('put', '/admin/v1/clients/{client}', {
    operationId: 'putClient',
    tag: 'Clients and routes',
    summary: 'Say which tenant an OAuth2 client acts for',
    description: 'Needed where its tokens carry no tenant claim.',
    scopes: ADMINS,
    body: jsonBody('Client', { client: examples.client }),
    responses: {
      200: jsonAnswer('Client and tenant.', 'ClientOfTenant'),
      ...failsWith(400, 401, 403, 413, 429, 503),
    },
  }),
  reading('/admin/v1/routes', {
    operationId: 'listRoutes',
    tag: 'Clients and routes',
    summary: 'Routes and their targets',
    scopes: ADMINS,
    schema: 'RoutePage',
    answer: 'All of them.',
  }),
];

/** What owners and administrators call. */
export const governanceOperations: readonly Operation[] = [
  ...ownRecords,
  ...tenants,
  ...keys,
  ...others,
];

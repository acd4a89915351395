import { createRequire } from 'node:module';
import { componentSchemas } from './component-schemas.ts';
import { errorList, errorResponses } from './errors.ts';
import { governanceOperations } from './governance-operations.ts';
import { headers } from './headers.ts';
import { inferenceOperations } from './inference-operations.ts';
import type { Operation } from './operation.ts';
import { portalOperations } from './portal-operations.ts';

const { version } = createRequire(import.meta.url)('../../package.json') as { version: string };

export const operations: readonly Operation[] = [
  ...inferenceOperations,
  ...governanceOperations,
  ...portalOperations,
];

const tags = [
  {
    name: 'Inference',
    description: 'What applications call, with an OpenAI SDK or without.',
  },
  { name: 'Governance', description: 'What a tenant may know of its own use.' },
  {
    name: 'Tenants',
    description:
      'For administrators. Every change leaves an audit record, and none is made without one.',
  },
  { name: 'Keys', description: 'Credentials of a tenant. Revoked within 30 seconds.' },
  { name: 'Clients and routes', description: 'OAuth2 clients, and what model names stand for.' },
  { name: 'Portal', description: 'What needs no credential.' },
  { name: 'Local platform', description: 'Only where `npm start` runs.' },
];

const securitySchemes = {
  bearer: {
    type: 'http',
    scheme: 'bearer',
    description: 'A key `sk-…`, or a JWT of the configured OIDC issuer (RS256 or ES256).',
  },
  oauth2: {
    type: 'oauth2',
    description:
      'Client credentials. The token URL is the local platform’s; a deployment has its issuer’s.',
    flows: {
      clientCredentials: {
        tokenUrl: './oauth2/token',
        scopes: {
          'ballast/inference': 'call models',
          'ballast/audit': 'read audit records and usage',
          'ballast/admin': 'administer tenants, keys and clients',
        },
      },
    },
  },
};

const description =
  () => `An OpenAI-compatible API with quotas, guardrails and an audit record behind every request.

Every answer carries \`x-request-id\`, which is also the id of its audit record: \`GET /v1/audit/{id}\`.

## Errors

Every error has the same shape, API Gateway’s own included: \`{"error":{"message","type","param","code"}}\`. \`x-should-retry\` says whether the same request may be sent again; \`retry-after\` and \`retry-after-ms\` come only when the wait is at most a minute.

${errorList()}`;

/** The OpenAPI 3.1 document of the whole platform. */
export const openApiDocument = (): object => ({
  openapi: '3.1.0',
  info: {
    title: 'Ballast',
    version,
    summary: 'A responsible-LLM platform in your own AWS account.',
    description: description(),
    license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
  },
  // Relative to where the document is: below whatever stage or domain it is served.
  servers: [{ url: '.', description: 'Where this document comes from.' }],
  tags,
  paths: pathsOf(operations),
  components: {
    securitySchemes,
    schemas: componentSchemas(),
    responses: errorResponses(),
    headers,
  },
});

function pathsOf(all: readonly Operation[]): Record<string, object> {
  const paths: Record<string, object> = {};
  for (const { method, path, content } of all) {
    paths[path] = { ...paths[path], [method]: content };
  }
  return paths;
}

import { failsWith } from './errors.ts';
import { jsonAnswer, type Operation, operation } from './operation.ts';

const TAG = 'Portal';
const LOCAL = 'Local platform';

const page = {
  description: 'This page.',
  content: { 'text/html': { schema: { type: 'string' } } },
};
const document = (description: string) => ({
  description,
  content: { 'application/json': { schema: { type: 'object' } } },
});

const open: readonly Operation[] = [
  operation('get', '/', {
    operationId: 'getDocsPage',
    tag: TAG,
    summary: 'The docs page',
    responses: { 200: page, ...failsWith(429) },
  }),
  operation('head', '/', {
    operationId: 'probe',
    tag: TAG,
    summary: 'Is anybody there',
    responses: { 200: { description: 'Yes.' }, ...failsWith(429) },
  }),
  operation('get', '/health', {
    operationId: 'getHealth',
    tag: TAG,
    summary: 'Whether the door answers',
    description: 'Touches nothing behind the door: for load balancers and probes.',
    responses: {
      200: jsonAnswer('It does.', 'Health', { example: { status: 'ok' } }),
      ...failsWith(429),
    },
  }),
  operation('get', '/openapi.json', {
    operationId: 'getOpenApiDocument',
    tag: TAG,
    summary: 'This document',
    responses: { 200: document('OpenAPI 3.1.'), ...failsWith(429) },
  }),
  operation('get', '/assets/{asset}', {
    operationId: 'getAsset',
    tag: TAG,
    summary: 'A file of the docs page',
    responses: {
      200: { description: 'The file.', content: { '*/*': { schema: { type: 'string' } } } },
      ...failsWith(404, 429),
    },
  }),
];

/** What `npm start` adds: an OIDC issuer, which a deployment has in its user pool. */
const local: readonly Operation[] = [
  operation('post', '/oauth2/token', {
    operationId: 'createToken',
    tag: LOCAL,
    summary: 'A token for client credentials',
    description: 'Only on the local platform: client `demo`, secret `demo-secret`.',
    body: {
      required: true,
      content: {
        'application/x-www-form-urlencoded': {
          schema: {
            type: 'object',
            required: ['grant_type'],
            properties: {
              grant_type: { const: 'client_credentials' },
              client_id: { type: 'string', description: 'Or by Basic authentication.' },
              client_secret: { type: 'string' },
              scope: { type: 'string', description: 'Separated by spaces; all when left out.' },
            },
          },
        },
      },
    },
    responses: {
      200: document('`access_token`, `token_type`, `expires_in`, `scope`.'),
      400: document('An OAuth2 error (RFC 6749, section 5.2).'),
      401: document('The client id or its secret is wrong.'),
    },
  }),
  operation('get', '/.well-known/openid-configuration', {
    operationId: 'getIssuer',
    tag: LOCAL,
    summary: 'The issuer’s discovery document',
    responses: { 200: document('OpenID Connect discovery.') },
  }),
  operation('get', '/.well-known/jwks.json', {
    operationId: 'getKeySet',
    tag: LOCAL,
    summary: 'The issuer’s public keys',
    responses: { 200: document('A JSON Web Key Set.') },
  }),
];

/** What needs no credential. */
export const portalOperations: readonly Operation[] = [...open, ...local];

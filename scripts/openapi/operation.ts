import type { Scope } from '#core/identity/caller.ts';
import { refTo, type SchemaName } from './component-schemas.ts';
import { type HeaderName, headerRefs } from './headers.ts';

/** One operation, by the path and the method it stands under. */
export interface Operation {
  readonly method: 'get' | 'head' | 'post' | 'put' | 'patch' | 'delete';
  readonly path: string;
  readonly content: object;
}

interface Described {
  readonly operationId: string;
  readonly tag: string;
  readonly summary: string;
  readonly description?: string;
  /** Any one of them suffices; none for what needs no credential. */
  readonly scopes?: readonly Scope[];
  readonly parameters?: readonly object[];
  readonly body?: object;
  readonly responses: object;
}

const PATH_PARAMETER = /\{([^}]+)\}/g;

/** An operation with what follows from its path and scopes filled in. */
export function operation(
  method: Operation['method'],
  path: string,
  { tag, scopes = [], parameters = [], body, ...described }: Described,
): Operation {
  const inPath = [...path.matchAll(PATH_PARAMETER)].map(([, name = '']) => ({
    name,
    in: 'path',
    required: true,
    schema: { type: 'string' },
    ...pathParameterNotes[name],
  }));
  const all = [...inPath, ...parameters];
  return {
    method,
    path,
    content: {
      ...described,
      tags: [tag],
      security: scopes.length === 0 ? [] : securityOf(scopes),
      ...(all.length === 0 ? {} : { parameters: all }),
      ...(body === undefined ? {} : { requestBody: body }),
    },
  };
}

/** A bearer credential of either kind; how a token got its scopes is told by OAuth2. */
const securityOf = (scopes: readonly Scope[]): object[] => [
  { bearer: [] },
  ...scopes.map((scope) => ({ oauth2: [scope] })),
];

const pathParameterNotes: Readonly<Record<string, object>> = {
  model: {
    description: 'The name of a route; slashes in it may stay as they are.',
    example: 'chat-default',
  },
  id: { description: 'The `x-request-id` of the request.', example: '01KAR1C0MG4Q1M9X4M2V8YB3RZ' },
  tenant: { description: 'Lower-case letters, digits and dashes.', example: 'demo' },
  key: { description: '12 characters; not the secret.' },
  client: { description: 'The `client_id` of its tokens.', example: 'nightly-report' },
  asset: { description: 'A file of the docs page.', example: 'page.css' },
};

export const jsonBody = (
  schema: SchemaName,
  examples: Readonly<Record<string, object>>,
): object => ({
  required: true,
  content: {
    'application/json': {
      schema: refTo(schema),
      examples: Object.fromEntries(
        Object.entries(examples).map(([name, value]) => [name, { value }]),
      ),
    },
  },
});

interface Answer {
  readonly headers?: readonly HeaderName[];
  readonly example?: object;
}

export const jsonAnswer = (
  description: string,
  schema: SchemaName,
  { headers = [], example }: Answer = {},
): object => ({
  description,
  headers: headerRefs('x-request-id', ...headers),
  content: {
    'application/json': {
      schema: refTo(schema),
      ...(example === undefined ? {} : { example }),
    },
  },
});

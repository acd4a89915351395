import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Failure } from '#core/failures/failure.ts';
import { failed, type Outcome, succeeded } from '#core/failures/outcome.ts';
import type { Caller } from '#core/identity/caller.ts';
import type { Door, HttpRequest } from '#runtime/http.ts';
import { toHttpRequest } from '#runtime/lambda-http.ts';
import { createEdge } from '../../../bin/local/edge.ts';
import { type Endpoint, endpoints } from '../../../lambdas/edge/contract.ts';
import { aGateway, ask } from '../../support/gateway.ts';
import { aCaller, aPlatform } from '../../support/inference.ts';
import { type ObservedPlatform, startLocal } from '../../support/local-platform.ts';
import { ofType, synthesize } from '../../support/synthesized.ts';
import { rawRequest } from './raw-request.ts';
import { answersOf, attack } from './rows.ts';

const GOOD = 'Bearer good';

/** The real edge in front of doors that only say who came. */
async function startEdge(table: readonly Endpoint[] = endpoints) {
  const came: HttpRequest[] = [];
  const door: Door = async (request, responder) => {
    came.push(request);
    responder.start(200, {});
    await responder.end('{}');
  };
  const authorize = async (given: readonly string[]): Promise<Outcome<Caller>> =>
    given.length === 1 && given[0] === GOOD
      ? succeeded(aCaller())
      : failed(new Failure('invalid_api_key', 'no'));
  const edge = createEdge({
    doors: { gateway: door, guardrail: door, governance: door, portal: door },
    authorize,
    extra: async () => undefined,
    endpoints: table,
  });
  const server = createServer((request, response) => void edge(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, came, close: () => server.close() };
}

const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD'] as const;
const closed = endpoints
  .filter(({ authorized }) => authorized)
  .map(({ method, path }) => ({
    method: method === 'ANY' ? 'GET' : method,
    path: path.replace(/\{[^}]*\}/g, 'x'),
  }));

const anyCall = fc.record({
  call: fc.oneof(
    fc.constantFrom(...closed),
    fc.record({
      method: fc.constantFrom(...METHODS),
      path: fc.oneof(fc.constantFrom(...closed.map(({ path }) => path)), fc.webPath()),
    }),
  ),
  suffix: fc.oneof(
    { arbitrary: fc.constant(''), weight: 3 },
    fc.constantFrom('/', '?key=good', '//', '/..', '%00', ';a=b', '#x'),
  ),
  headers: fc.dictionary(
    fc.constantFrom(
      'x-api-key',
      'x-forwarded-user',
      'cookie',
      'x-http-method-override',
      'x-caller',
    ),
    fc.constantFrom('good', 'Bearer good', 'GET', JSON.stringify(aCaller())),
  ),
  authorization: fc.constantFrom(undefined, 'good', 'Basic good', 'Bearer  ', 'bearer bad'),
});

/** Throws when a door that needs a caller is reached without a credential. */
async function knock(table?: readonly Endpoint[]): Promise<void> {
  const edge = await startEdge(table);
  try {
    await fc.assert(
      fc.asyncProperty(anyCall, async ({ call, suffix, headers, authorization }) => {
        const { method, path } = call;
        const before = edge.came.length;
        await rawRequest(edge.url, {
          method,
          path: `${path.startsWith('/') ? '' : '/'}${path}${suffix}`,
          headers: { ...headers, ...(authorization === undefined ? {} : { authorization }) },
        });
        for (const { caller, path: reached } of edge.came.slice(before)) {
          expect(caller).toBeUndefined();
          expect(reached.startsWith('/v1') || reached.startsWith('/admin')).toBe(false);
        }
      }),
      { numRuns: 250 },
    );
  } finally {
    edge.close();
  }
}

describe(attack('A01'), () => {
  it('is not there, whatever the method, path, credential and headers', () => knock());

  it('would be seen if the table left one open', async () => {
    const open = endpoints.map((endpoint) =>
      endpoint.path === '/v1/chat/completions' ? { ...endpoint, authorized: false } : endpoint,
    );

    await expect(knock(open)).rejects.toThrow();
  });

  it('is not in the template either: each method is in the table, behind the authorizer as it says', () => {
    const dev = synthesize('config/dev.json');
    const methods = ofType(dev, 'AWS::ApiGateway::Method').filter(
      ([, { Properties: properties }]) => properties?.['HttpMethod'] !== 'OPTIONS',
    );
    const closed = methods.filter(
      ([, { Properties: properties }]) => properties?.['AuthorizationType'] === 'CUSTOM',
    );

    expect(methods).toHaveLength(endpoints.length);
    expect(closed).toHaveLength(endpoints.filter(({ authorized }) => authorized).length);
  });

  it('does not open for a door that is called without a caller', async () => {
    const { ports } = aPlatform({ providers: {} });
    const answer = await ask(aGateway(ports), { body: {}, caller: undefined });

    expect(answersOf('A01')).toContain(`${answer.status} ${JSON.parse(answer.body).error.code}`);
  });
});

describe(attack('A03'), () => {
  const event = (changes: object) =>
    toHttpRequest({
      httpMethod: 'POST',
      path: '/v1/chat/completions',
      headers: {},
      body: '',
      isBase64Encoded: false,
      requestContext: {},
      ...changes,
    } as Parameters<typeof toHttpRequest>[0]);
  const forged = JSON.stringify(aCaller({ tenantId: 'globex' }));

  it.each([
    ['a header', { headers: { caller: forged, 'x-caller': forged } }],
    ['the query', { queryStringParameters: { caller: forged } }],
    ['the body', { body: JSON.stringify({ requestContext: { authorizer: { caller: forged } } }) }],
    ['the stage’s variables', { stageVariables: { caller: forged } }],
    [
      'a member beside the authorizer’s',
      { requestContext: { caller: forged, identity: { caller: forged } } },
    ],
    [
      'an object where the authorizer gives text',
      { requestContext: { authorizer: { caller: aCaller() } } },
    ],
  ])('is not taken from %s', async (_where, changes) => {
    const { caller } = event(changes);
    const { ports } = aPlatform({ providers: {} });
    const answer = await ask(aGateway(ports), { body: {}, caller });

    expect(caller).toBeUndefined();
    expect(answersOf('A03')).toContain(`${answer.status} ${JSON.parse(answer.body).error.code}`);
  });
});

describe(attack('A04'), () => {
  let platform: ObservedPlatform;
  beforeAll(async () => {
    platform = await startLocal();
  });
  afterAll(() => platform.close());

  it.each([
    '//v1/chat/completions',
    '/v1//chat/completions',
    '/V1/chat/completions',
    '/v1/chat%2fcompletions',
    '/v1/chat/completions/',
    '/v1/chat/completions%00',
    '/v1/models/..%2f..%2fadmin%2fv1%2ftenants',
    '/health/%2e%2e/v1/usage',
    '/assets/..%2f..%2fv1%2fusage',
    '/assets/%2e%2e%2f%2e%2e%2fpackage.json',
    '/assets/../../package.json',
    'http://elsewhere.example/v1/usage',
  ])('leads nowhere: %s', async (path) => {
    const answer = await rawRequest(platform.url, {
      method: path.includes('chat') ? 'POST' : 'GET',
      path,
      headers: { authorization: 'Bearer sk-local-demo', 'content-type': 'application/json' },
      ...(path.includes('chat') ? { body: '{}' } : {}),
    });
    const { code } = JSON.parse(answer.body).error;

    expect([...answersOf('A04'), '404 model_not_found']).toContain(`${answer.status} ${code}`);
  });
});

import type { APIGatewayRequestAuthorizerEvent } from 'aws-lambda';
import { describe, expect, it } from 'vitest';
import { Failure, type FailureCode } from '#core/failures/failure.ts';
import { failed, type Outcome, succeeded } from '#core/failures/outcome.ts';
import type { Caller } from '#core/identity/caller.ts';
import { toHttpRequest } from '#runtime/lambda-http.ts';
import { serveAuthorizer } from '../../../lambdas/authorizer/serve-authorizer.ts';

const ARN = 'arn:aws:execute-api:eu-central-1:123456789012:api123/prod';

const CALLER: Caller = {
  tenantId: 'acme',
  keyId: 'key-of-acme',
  scopes: ['ballast/inference'],
  limits: { tenant: { requestsPerMinute: 1 } },
  bodies: 'hash-only',
};

type Headers = Readonly<Record<string, string[]>>;

/** As API Gateway sends it, but for the parts no authorizer of ours looks at. */
function eventWith(multiValueHeaders: Headers | null, more: object = {}) {
  const headers = Object.entries(multiValueHeaders ?? {}).map(([name, all]) => [name, all.at(-1)]);
  return {
    type: 'REQUEST',
    methodArn: `${ARN}/POST/v1/chat/completions`,
    headers: Object.fromEntries(headers),
    multiValueHeaders,
    requestContext: { requestId: 'request-1' },
    ...more,
  } as unknown as APIGatewayRequestAuthorizerEvent;
}

const serve = (outcome: Outcome<Caller>) => serveAuthorizer(async () => outcome);
const refuse = (code: FailureCode) => serve(failed(new Failure(code, 'no')));

/** What the authorizer would be given for an event. */
async function identityIn(event: APIGatewayRequestAuthorizerEvent): Promise<readonly string[]> {
  let seen: readonly string[] = [];
  const handler = serveAuthorizer(async (authorization) => {
    seen = authorization;
    return succeeded(CALLER);
  });
  await handler(event);
  return seen;
}

describe('what the authorizer answers API Gateway', () => {
  it('allows the whole stage, so that a kept answer fits every method', async () => {
    const result = await serve(succeeded(CALLER))(eventWith({ authorization: ['Bearer sk-x'] }));

    expect(result.policyDocument.Statement).toEqual([
      { Action: 'execute-api:Invoke', Effect: 'Allow', Resource: `${ARN}/*` },
    ]);
  });

  it('hands the doors the caller, and nobody the credential', async () => {
    const result = await serve(succeeded(CALLER))(eventWith({ authorization: ['Bearer sk-x'] }));

    const { caller } = toHttpRequest({
      headers: {},
      requestContext: { authorizer: result.context },
    } as never);
    expect(caller).toEqual(CALLER);
    expect(result.principalId).toBe('acme/key-of-acme');
    expect(JSON.stringify(result)).not.toContain('sk-x');
  });

  it.each(['invalid_api_key', 'token_expired'] as const)(
    'throws the word that makes API Gateway answer 401: %s',
    async (code) => {
      await expect(refuse(code)(eventWith({}))).rejects.toThrow(/^Unauthorized$/);
    },
  );

  it('denies the whole stage to a suspended tenant', async () => {
    const result = await refuse('tenant_suspended')(eventWith({}));

    expect(result.policyDocument.Statement).toEqual([
      { Action: 'execute-api:Invoke', Effect: 'Deny', Resource: `${ARN}/*` },
    ]);
    expect(result.context).toBeUndefined();
  });

  it.each(['auth_unavailable', 'config_unavailable', 'internal_error'] as const)(
    'fails as an authorizer where the fault is ours: %s',
    async (code) => {
      await expect(refuse(code)(eventWith({}))).rejects.not.toThrow(/^Unauthorized$/);
    },
  );
});

describe('where the authorizer finds the credential', () => {
  it('finds the header however its name is written', async () => {
    expect(await identityIn(eventWith({ AUTHORIZATION: ['Bearer a'] }))).toEqual(['Bearer a']);
  });

  it('sees every one of several headers', async () => {
    const doubled = eventWith({ authorization: ['Bearer a', 'Bearer b'] });
    const disguised = eventWith({ authorization: ['Bearer a'], Authorization: ['Bearer b'] });

    expect([await identityIn(doubled), await identityIn(disguised)]).toEqual([
      ['Bearer a', 'Bearer b'],
      ['Bearer a', 'Bearer b'],
    ]);
  });

  it('takes single-valued headers where there are no others', async () => {
    const event = eventWith(null, { headers: { Authorization: 'Bearer a' } });

    expect(await identityIn(event)).toEqual(['Bearer a']);
  });

  it('looks at no other header, query parameter or path', async () => {
    const event = eventWith(
      { 'x-tenant-id': ['globex'], 'x-api-key': ['sk-x'], cookie: ['authorization=Bearer sk-x'] },
      { queryStringParameters: { authorization: 'Bearer sk-x', access_token: 'sk-x' } },
    );

    expect(await identityIn(event)).toEqual([]);
  });
});

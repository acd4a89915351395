import type {
  APIGatewayAuthorizerResult,
  APIGatewayRequestAuthorizerEvent,
  StatementEffect,
} from 'aws-lambda';
import { failurePolicies } from '#core/failures/failure.ts';
import type { Caller } from '#core/identity/caller.ts';
import type { Authorize } from './authorizer.ts';
import type { AuthorizerContext } from './contract.ts';

/** Where the credential of a request is. */
export type ReadIdentity = (event: APIGatewayRequestAuthorizerEvent) => readonly string[];

type AuthorizerHandler = (
  event: APIGatewayRequestAuthorizerEvent,
) => Promise<APIGatewayAuthorizerResult>;

/**
 * An authorizer as API Gateway calls it: a policy for the whole stage, because API Gateway keeps the
 * answer for every method; what a scope opens, the doors decide.
 *
 * Rejects with `Unauthorized`, word for word, to make it answer 401, and with anything else to make
 * it answer as for a failed authorizer.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-lambda-authorizer-output.html
 */
export function serveAuthorizer(
  authorize: Authorize,
  readIdentity: ReadIdentity = authorizationOf,
): AuthorizerHandler {
  return async (event) => {
    const outcome = await authorize(readIdentity(event), {
      requestId: event.requestContext.requestId,
    });
    if (outcome.ok) return allow(outcome.value, event.methodArn);
    switch (failurePolicies[outcome.failure.code].status) {
      case 401:
        throw new Error('Unauthorized');
      case 403:
        return policy('refused', 'Deny', event.methodArn);
      default:
        throw new Error('the credential could not be checked', { cause: outcome.failure });
    }
  };
}

/** Every `authorization` header, however its name is written. */
const authorizationOf: ReadIdentity = ({ multiValueHeaders, headers }) => {
  const values = valuesOf(multiValueHeaders ?? {});
  return values.length > 0 ? values : valuesOf(headers ?? {});
};

function valuesOf(
  headers: Readonly<Record<string, string | readonly string[] | undefined>>,
): readonly string[] {
  return Object.entries(headers).flatMap(([name, value]) =>
    name.toLowerCase() === 'authorization' ? (value ?? []) : [],
  );
}

function allow(caller: Caller, methodArn: string): APIGatewayAuthorizerResult {
  const context: AuthorizerContext = { caller: JSON.stringify(caller) };
  return {
    ...policy(`${caller.tenantId}/${caller.keyId}`, 'Allow', methodArn),
    context: { ...context },
  };
}

function policy(
  principalId: string,
  effect: StatementEffect,
  methodArn: string,
): APIGatewayAuthorizerResult {
  return {
    principalId,
    policyDocument: {
      Version: '2012-10-17',
      Statement: [
        { Action: 'execute-api:Invoke', Effect: effect, Resource: `${stageOf(methodArn)}/*` },
      ],
    },
  };
}

/** `arn:aws:execute-api:region:account:api/stage` of `…/stage/METHOD/path`. */
const stageOf = (methodArn: string): string => methodArn.split('/', 2).join('/');

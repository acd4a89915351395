import { ResponseType, type RestApi } from 'aws-cdk-lib/aws-apigateway';
import { edgeErrors } from '../../lambdas/authorizer/contract.ts';
import { EXPOSED_HEADERS } from '../../lambdas/edge/contract.ts';

type EdgeErrorName = keyof typeof edgeErrors;

/** API Gateway's names for what it says by itself. */
const TYPES: Readonly<Record<EdgeErrorName, ResponseType>> = {
  UNAUTHORIZED: ResponseType.UNAUTHORIZED,
  ACCESS_DENIED: ResponseType.ACCESS_DENIED,
  AUTHORIZER_FAILURE: ResponseType.AUTHORIZER_FAILURE,
  AUTHORIZER_CONFIGURATION_ERROR: ResponseType.AUTHORIZER_CONFIGURATION_ERROR,
  MISSING_AUTHENTICATION_TOKEN: ResponseType.MISSING_AUTHENTICATION_TOKEN,
  BAD_REQUEST_BODY: ResponseType.BAD_REQUEST_BODY,
  REQUEST_TOO_LARGE: ResponseType.REQUEST_TOO_LARGE,
  THROTTLED: ResponseType.THROTTLED,
  QUOTA_EXCEEDED: ResponseType.QUOTA_EXCEEDED,
  INTEGRATION_TIMEOUT: ResponseType.INTEGRATION_TIMEOUT,
  INTEGRATION_FAILURE: ResponseType.INTEGRATION_FAILURE,
  WAF_FILTERED: ResponseType.WAF_FILTERED,
  DEFAULT_4XX: ResponseType.DEFAULT_4XX,
  DEFAULT_5XX: ResponseType.DEFAULT_5XX,
};

/**
 * Makes API Gateway's own answers look like ours, so that an SDK reads them as errors of its own
 * classes.
 */
export function addGatewayResponses(api: RestApi, allowedOrigins: readonly string[]): void {
  for (const [name, error] of Object.entries(edgeErrors)) {
    const type = TYPES[name as EdgeErrorName];
    api.addGatewayResponse(`Response${type.responseType}`, {
      type,
      statusCode: String(error.status),
      responseHeaders: {
        'x-request-id': 'context.requestId',
        'x-should-retry': `'${error.retry}'`,
        ...('retryAfterS' in error ? { 'retry-after': `'${error.retryAfterS}'` } : {}),
        ...corsHeaders(allowedOrigins),
      },
      templates: {
        'application/json': JSON.stringify({
          error: { message: error.message, type: error.type, param: null, code: error.code },
        }),
      },
    });
  }
}

/** A gateway response is static: it can name one origin, or all. */
function corsHeaders(allowedOrigins: readonly string[]): Record<string, string> {
  const [first, ...others] = allowedOrigins;
  if (first === undefined) return {};
  const origin = others.length === 0 ? first : '*';
  return {
    'access-control-allow-origin': `'${origin}'`,
    'access-control-expose-headers': `'${EXPOSED_HEADERS.join(',')}'`,
  };
}

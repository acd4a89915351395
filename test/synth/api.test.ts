import { beforeAll, describe, expect, it } from 'vitest';
import { edgeErrors } from '../../lambdas/authorizer/contract.ts';
import { endpoints } from '../../lambdas/edge/contract.ts';
import { ofType, type Resource, type Synthesized, synthesize } from '../support/synthesized.ts';

let dev: Synthesized;
let methods: readonly Resource[];

const property = (resource: Resource | undefined, ...path: readonly string[]): unknown =>
  path.reduce<unknown>(
    (value, key) => (value as Record<string, unknown> | undefined)?.[key],
    resource?.Properties,
  );

beforeAll(() => {
  dev = synthesize('config/dev.json');
  methods = ofType(dev, 'AWS::ApiGateway::Method').map(([, method]) => method);
});

describe('the API', () => {
  it('is regional, and only there a stream may fall silent for minutes', () => {
    const [api] = ofType(dev, 'AWS::ApiGateway::RestApi');

    expect(property(api?.[1], 'EndpointConfiguration', 'Types')).toEqual(['REGIONAL']);
  });

  it('has a method for every endpoint, streamed, and the right ones behind the authorizer', () => {
    const own = methods.filter((method) => property(method, 'HttpMethod') !== 'OPTIONS');

    expect(own).toHaveLength(endpoints.length);
    expect(own.map((method) => property(method, 'Integration', 'ResponseTransferMode'))).toEqual(
      own.map(() => 'STREAM'),
    );
    const closed = own.filter((method) => property(method, 'AuthorizationType') === 'CUSTOM');
    expect(closed).toHaveLength(endpoints.filter(({ authorized }) => authorized).length);
  });

  it('waits for a streamed answer as long as Lambda may run, and for others under 30 seconds', () => {
    const timeouts = methods
      .map((method) => property(method, 'Integration', 'TimeoutInMillis'))
      .filter((timeout) => timeout !== undefined);

    expect(new Set(timeouts)).toEqual(new Set([900_000, 29_000]));
  });

  it('says everything it says by itself in the shape of the OpenAI API', () => {
    const responses = ofType(dev, 'AWS::ApiGateway::GatewayResponse').map(
      ([, response]) => response,
    );

    expect(responses.map((response) => property(response, 'ResponseType')).sort()).toEqual(
      Object.keys(edgeErrors).sort(),
    );
    for (const response of responses) {
      const template = property(response, 'ResponseTemplates', 'application/json') as string;
      const headers = property(response, 'ResponseParameters') as Record<string, string>;
      expect(Object.keys(JSON.parse(template).error)).toEqual(['message', 'type', 'param', 'code']);
      expect(headers['gatewayresponse.header.x-request-id']).toBe('context.requestId');
      expect(headers['gatewayresponse.header.x-should-retry']).toMatch(/^'(true|false)'$/);
      expect(headers['gatewayresponse.header.access-control-allow-origin']).toBe(
        "'http://localhost:3000'",
      );
    }
  });

  it('says of a path that is not there that it is not, whether or not a credential came along', () => {
    const found = ofType(dev, 'AWS::ApiGateway::GatewayResponse').flatMap(([, response]) =>
      property(response, 'StatusCode') === '404' ? [property(response, 'ResponseType')] : [],
    );

    expect(found.sort()).toEqual(['DEFAULT_4XX', 'MISSING_AUTHENTICATION_TOKEN']);
  });

  it('answers preflights without a credential, with the headers SDKs send', () => {
    const preflights = methods.filter((method) => property(method, 'HttpMethod') === 'OPTIONS');
    const text = JSON.stringify(preflights);

    expect(preflights.length).toBeGreaterThan(0);
    expect(preflights.every((method) => property(method, 'AuthorizationType') === 'NONE')).toBe(
      true,
    );
    expect(text).toContain('x-stainless-retry-count');
    expect(text).toContain('x-ratelimit-remaining-tokens');
  });

  it('takes nothing from a browser when no origin is allowed', () => {
    const closed = synthesize('config/dev.json', { allowedOrigins: [] });

    expect(
      ofType(closed, 'AWS::ApiGateway::Method').filter(
        ([, method]) => property(method, 'HttpMethod') === 'OPTIONS',
      ),
    ).toEqual([]);
    expect(JSON.stringify(closed.resources)).not.toContain('access-control-allow-origin');
  });

  it('asks the authorizer by the credential, and remembers for 10 seconds', () => {
    const [authorizer] = ofType(dev, 'AWS::ApiGateway::Authorizer');

    expect(authorizer?.[1].Properties).toMatchObject({
      Type: 'REQUEST',
      IdentitySource: 'method.request.header.Authorization',
      AuthorizerResultTtlInSeconds: 10,
    });
  });

  it('logs who asked for what, and neither query nor credential nor body', () => {
    const [stage] = ofType(dev, 'AWS::ApiGateway::Stage');
    const format = property(stage?.[1], 'AccessLogSetting', 'Format') as string;

    expect(JSON.parse(format)).toMatchObject({ status: '$context.status' });
    expect(format).not.toMatch(/\$input|requestOverride|header|querystring|\$context\.path"/i);
  });

  it('checks the least a chat request must be', () => {
    const validated = methods.filter((method) => property(method, 'RequestModels') !== undefined);
    const [model] = ofType(dev, 'AWS::ApiGateway::Model');

    expect(validated).toHaveLength(1);
    expect(property(model?.[1], 'Schema', 'required')).toEqual(['model', 'messages']);
  });
});

describe('prod', () => {
  it('has a firewall that blocks by address and rate, and only counts what it finds in bodies', () => {
    const prod = synthesize('config/prod.json');
    const [acl] = ofType(prod, 'AWS::WAFv2::WebACL');
    const rules = property(acl?.[1], 'Rules') as { Name: string; OverrideAction?: object }[];
    const common = rules.find(({ Name }) => Name === 'AWSManagedRulesCommonRuleSet');

    expect(ofType(prod, 'AWS::WAFv2::WebACLAssociation')).toHaveLength(1);
    expect(common?.OverrideAction).toEqual({ Count: {} });
    expect(JSON.stringify(rules)).toMatch(/"Log4JRCE_BODY"/);
  });

  it('shifts a new gateway in by steps and turns back on an alarm', () => {
    const prod = synthesize('config/prod.json');
    const [group] = ofType(prod, 'AWS::CodeDeploy::DeploymentGroup');

    expect(property(group?.[1], 'DeploymentConfigName')).toBe(
      'CodeDeployDefault.LambdaCanary10Percent5Minutes',
    );
    expect(property(group?.[1], 'AutoRollbackConfiguration', 'Events')).toContain(
      'DEPLOYMENT_STOP_ON_ALARM',
    );
    expect(property(group?.[1], 'AlarmConfiguration', 'Enabled')).toBe(true);
  });
});

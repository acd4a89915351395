import { CfnOutput } from 'aws-cdk-lib';
import { describe, expect, it } from 'vitest';
import type { PlatformConfig } from '../../lib/config/platform-config.ts';
import { ofType, type Synthesized, synthesize } from '../support/synthesized.ts';

/** What no validator sees at synth and CloudFormation, or on-call, would find out. */

interface Statement {
  readonly Sid?: string;
  readonly Effect: string;
  readonly Action: string | readonly string[];
  readonly Principal: { readonly Service?: unknown };
  readonly Condition?: unknown;
}

const dev = synthesize('config/dev.json');
const prod = synthesize('config/prod.json');

function statementsOf(
  synthesized: Synthesized,
  type: string,
  property: string,
): readonly Statement[] {
  const [[, resource] = []] = ofType(synthesized, type);
  const policy = resource?.Properties?.[property] as { Statement: Statement[] } | undefined;
  return policy?.Statement ?? [];
}

const withIdentity = (identity: Partial<PlatformConfig['identity']>) => ({
  identity: { ...dev.config.identity, ...identity },
});

const authorizerVariables = (synthesized: Synthesized): Record<string, unknown> => {
  const functions = ofType(synthesized, 'AWS::Lambda::Function');
  const [, fn] = functions.find(([id]) => id.startsWith('DoorsAuthorizerFunction')) ?? [];
  const environment = fn?.Properties?.['Environment'] as
    | { readonly Variables: Record<string, unknown> }
    | undefined;
  return environment?.Variables ?? {};
};

describe('a key of the team’s own', () => {
  it('lets log groups be made under it', () => {
    const [statement] = statementsOf(prod, 'AWS::KMS::Key', 'KeyPolicy').filter(
      ({ Sid }) => Sid === 'LogGroups',
    );

    expect(JSON.stringify(statement?.Principal)).toMatch(/logs\..*AWS::Region.*AWS::URLSuffix/);
    expect(statement?.Action).toContain('kms:GenerateDataKey*');
    expect(JSON.stringify(statement?.Condition)).toMatch(/aws:logs:arn.*:log-group:\*/);
  });

  it('lets alarms write to the topic that is under it', () => {
    const statements = statementsOf(prod, 'AWS::KMS::Key', 'KeyPolicy');

    expect(statements).toContainEqual(
      expect.objectContaining({
        Action: ['kms:Decrypt', 'kms:GenerateDataKey*'],
        Principal: { Service: 'cloudwatch.amazonaws.com' },
      }),
    );
  });
});

describe('an alarm', () => {
  it('may publish to the topic, though the topic asks for TLS and so has a policy of its own', () => {
    const statements = statementsOf(prod, 'AWS::SNS::TopicPolicy', 'PolicyDocument');

    expect(statements).toContainEqual(
      expect.objectContaining({
        Effect: 'Allow',
        Action: 'sns:Publish',
        Principal: { Service: 'cloudwatch.amazonaws.com' },
      }),
    );
  });

  it('counts what clients see, so that an authorizer that fails is seen', () => {
    const alarms = ofType(dev, 'AWS::CloudWatch::Alarm').map(([, alarm]) => alarm.Properties);
    const rate = alarms.find((alarm) => alarm?.['AlarmName'] === 'Ballast-gateway-5xx-rate');
    const [[, api] = []] = ofType(dev, 'AWS::ApiGateway::RestApi');
    const [[, stage] = []] = ofType(dev, 'AWS::ApiGateway::Stage');
    const dimensions = [
      { Name: 'ApiName', Value: api?.Properties?.['Name'] },
      { Name: 'Stage', Value: stage?.Properties?.['StageName'] },
    ];

    expect(rate?.['Metrics']).toEqual(
      expect.arrayContaining(
        ['5XXError', 'Count'].map((MetricName) =>
          expect.objectContaining({
            MetricStat: expect.objectContaining({
              Metric: { Namespace: 'AWS/ApiGateway', MetricName, Dimensions: dimensions },
            }),
          }),
        ),
      ),
    );
  });

  it('tells the topic when it begins and when it is over', () => {
    for (const [, { Properties }] of ofType(prod, 'AWS::CloudWatch::Alarm')) {
      expect(Properties?.['AlarmActions']).toHaveLength(1);
      expect(Properties?.['OKActions']).toEqual(Properties?.['AlarmActions']);
    }
  });
});

describe('access logs', () => {
  it('have the role that API Gateway needs in an account that never had one', () => {
    expect(ofType(dev, 'AWS::ApiGateway::Account')).toHaveLength(1);
    const [[, stage] = []] = ofType(dev, 'AWS::ApiGateway::Stage');
    const [[account = ''] = []] = ofType(dev, 'AWS::ApiGateway::Account');
    expect((stage as unknown as { DependsOn: string[] }).DependsOn).toContain(account);
  });

  it('leave the role of an account alone that has one', () => {
    const other = synthesize('config/dev.json', { apiLogRole: false });

    expect(ofType(other, 'AWS::ApiGateway::Account')).toEqual([]);
  });
});

describe('what the operator’s commands look for', () => {
  it('is among the outputs of stacks that begin with the same name', () => {
    const { data, gateway } = dev.platform;
    const outputs = [...data.node.findAll(), ...gateway.node.findAll()]
      .filter((construct) => construct instanceof CfnOutput)
      .map((output) => output.node.id);

    expect(outputs).toEqual(
      expect.arrayContaining([
        'ApiUrl',
        'AuditTableName',
        'ControlTableName',
        'QuotaTableName',
        'UserPoolId',
      ]),
    );
    expect(dev.gateway.toJSON()['Outputs']).toHaveProperty('UserPoolId');
    expect([data.stackName, gateway.stackName]).toEqual(['Ballast-Data', 'Ballast-Gateway']);
  });
});

describe('who may come in', () => {
  it('is whoever a given issuer says, and then there is no user pool', () => {
    const own = synthesize(
      'config/dev.json',
      withIdentity({ issuer: 'https://id.example', audiences: ['ballast', 'other'] }),
    );

    expect(ofType(own, 'AWS::Cognito::UserPool')).toEqual([]);
    expect(own.gateway.toJSON()['Outputs']).not.toHaveProperty('UserPoolId');
    expect(authorizerVariables(own)).toMatchObject({
      ISSUER: 'https://id.example',
      AUDIENCES: 'ballast,other',
    });
  });

  it('is every client of the pool, made here or elsewhere', () => {
    const pooled = synthesize(
      'config/dev.json',
      withIdentity({ clients: ['reports'], audiences: ['made-by-hand'] }),
    );

    expect(JSON.stringify(authorizerVariables(pooled)['AUDIENCES'])).toMatch(
      /made-by-hand,.*Clientreports/,
    );
    expect(ofType(pooled, 'AWS::Cognito::UserPoolClient')).toHaveLength(1);
  });
});

describe('TLS', () => {
  const domain = { name: 'llm.example.com', certificateArn: 'arn:aws:acm:x:1:certificate/y' };

  it.each([
    { tls: '1.2', policy: 'SecurityPolicy_TLS13_1_2_PQ_2025_09' },
    { tls: '1.2-pfs', policy: 'SecurityPolicy_TLS13_1_2_PFS_PQ_2025_09' },
    { tls: '1.3', policy: 'SecurityPolicy_TLS13_1_3_2025_09' },
  ] as const)('$tls is asked by the API, whose policy decides, and by its domain', (row) => {
    const strict = synthesize('config/dev.json', { domain, tls: row.tls });

    for (const type of ['AWS::ApiGateway::RestApi', 'AWS::ApiGateway::DomainName']) {
      expect(ofType(strict, type).map(([, { Properties }]) => Properties)).toEqual([
        expect.objectContaining({ SecurityPolicy: row.policy, EndpointAccessMode: 'STRICT' }),
      ]);
    }
  });

  it('asks nothing of the API where a region has no policies for it', () => {
    const legacy = synthesize('config/dev.json', { domain, tls: 'legacy' });
    const [[, api] = []] = ofType(legacy, 'AWS::ApiGateway::RestApi');
    const [[, name] = []] = ofType(legacy, 'AWS::ApiGateway::DomainName');

    expect(api?.Properties).not.toHaveProperty('SecurityPolicy');
    expect(api?.Properties).not.toHaveProperty('EndpointAccessMode');
    expect(name?.Properties).toMatchObject({ SecurityPolicy: 'TLS_1_2' });
  });

  it('changed, is deployed to the stage', () => {
    const deployments = (['1.2', '1.3'] as const).map((tls) =>
      ofType(synthesize('config/dev.json', { tls }), 'AWS::ApiGateway::Deployment').map(
        ([id]) => id,
      ),
    );

    expect(deployments[0]).toHaveLength(1);
    expect(deployments[0]).not.toEqual(deployments[1]);
  });
});

describe('a version of a function', () => {
  it('stays in prod, so that there is something to turn back to', () => {
    const kept = ofType(prod, 'AWS::Lambda::Version').map(([, version]) => version.DeletionPolicy);

    expect(new Set(kept)).toEqual(new Set(['Retain']));
  });
});

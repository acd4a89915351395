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

describe('a domain', () => {
  it('has the TLS policy that was asked for', () => {
    const domain = { name: 'llm.example.com', certificateArn: 'arn:aws:acm:x:1:certificate/y' };
    const strict = synthesize('config/dev.json', { domain: { ...domain, tls: '1.3' } });
    const [[, resource] = []] = ofType(strict, 'AWS::ApiGateway::DomainName');

    expect(resource?.Properties).toMatchObject({
      SecurityPolicy: 'SecurityPolicy_TLS13_1_3_2025_09',
      EndpointAccessMode: 'STRICT',
    });
  });
});

describe('a version of a function', () => {
  it('stays in prod, so that there is something to turn back to', () => {
    const kept = ofType(prod, 'AWS::Lambda::Version').map(([, version]) => version.DeletionPolicy);

    expect(new Set(kept)).toEqual(new Set(['Retain']));
  });
});

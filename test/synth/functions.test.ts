import { beforeAll, describe, expect, it } from 'vitest';
import { authorizerEnv } from '../../lambdas/authorizer/contract.ts';
import { gatewayEnv } from '../../lambdas/gateway/contract.ts';
import { governanceEnv } from '../../lambdas/governance/contract.ts';
import { guardrailEnv } from '../../lambdas/guardrail/contract.ts';
import { portalEnv } from '../../lambdas/portal/contract.ts';
import { reconcilerEnv } from '../../lambdas/reconciler/contract.ts';
import { ofType, type Resource, type Synthesized, synthesize } from '../support/synthesized.ts';

let dev: Synthesized;

beforeAll(() => {
  dev = synthesize('config/dev.json');
});

const lambdas = (synthesized: Synthesized) => ofType(synthesized, 'AWS::Lambda::Function');

/** What a door may do: `service:Action` on which resource, from its managed policy. */
function permissionsOf(synthesized: Synthesized, door: string): readonly string[] {
  const policies = ofType(synthesized, 'AWS::IAM::ManagedPolicy').filter(([id]) =>
    id.startsWith(`Doors${door}Policy`),
  );
  return policies
    .flatMap(([, policy]) => statementsOf(policy))
    .flatMap(({ Action, Resource, Condition }) =>
      [Action]
        .flat()
        .flatMap((action) =>
          [Resource].flat().map((to) => `${action} on ${nameOf(to)}${partitionOf(Condition)}`),
        ),
    )
    .filter((permission) => !permission.startsWith('logs:'))
    .sort();
}

interface Statement {
  readonly Action: string | string[];
  readonly Resource: unknown;
  readonly Condition?: Condition;
}

interface Condition {
  readonly 'ForAllValues:StringEquals'?: { readonly 'dynamodb:LeadingKeys': unknown };
  readonly Null?: { readonly 'dynamodb:LeadingKeys': string };
}

/** The one partition that a permission is for; the table is open without the second condition. */
function partitionOf(condition: Condition | undefined): string {
  const partition = JSON.stringify(condition?.['ForAllValues:StringEquals']);
  if (partition === undefined || condition?.Null?.['dynamodb:LeadingKeys'] !== 'false') return '';
  return `, only ${/jwks#https:\/\/cognito-idp\.|routes/.exec(partition)?.[0]}`;
}

function statementsOf({ Properties = {} }: Resource): readonly Statement[] {
  const { Statement: statements } = Properties['PolicyDocument'] as { Statement: Statement[] };
  return statements;
}

function nameOf(resource: unknown): string {
  const text = JSON.stringify(resource);
  const known = /(Quota|Audit|Control|Spill|Key)(?=[A-Z0-9])/.exec(text)?.[1];
  return (
    known?.toLowerCase() ??
    text.replace(/.*(?:foundation-model|inference-profile)\//, '').replace(/["}\]]+$/, '')
  );
}

describe('each function', () => {
  it.each([
    {
      door: 'Gateway',
      may: [
        'bedrock:InvokeModel on amazon.nova-lite-v1:0',
        'bedrock:InvokeModel on amazon.nova-micro-v1:0',
        'bedrock:InvokeModel on anthropic.claude-haiku-4-5-20251001-v1:0',
        'bedrock:InvokeModel on global.anthropic.claude-haiku-4-5-20251001-v1:0',
        'bedrock:InvokeModelWithResponseStream on amazon.nova-lite-v1:0',
        'bedrock:InvokeModelWithResponseStream on amazon.nova-micro-v1:0',
        'bedrock:InvokeModelWithResponseStream on anthropic.claude-haiku-4-5-20251001-v1:0',
        'bedrock:InvokeModelWithResponseStream on global.anthropic.claude-haiku-4-5-20251001-v1:0',
        'dynamodb:GetItem on quota',
        'dynamodb:PutItem on audit',
        'dynamodb:Query on control, only routes',
        'dynamodb:UpdateItem on quota',
        'sqs:SendMessage on spill',
      ],
    },
    { door: 'Guardrail', may: ['dynamodb:PutItem on audit', 'sqs:SendMessage on spill'] },
    {
      door: 'Governance',
      may: [
        'dynamodb:BatchGetItem on control',
        'dynamodb:GetItem on control',
        'dynamodb:GetItem on quota',
        'dynamodb:PutItem on audit',
        'dynamodb:PutItem on control',
        'dynamodb:Query on audit',
        'dynamodb:Query on control',
      ],
    },
    { door: 'Portal', may: [] },
    {
      door: 'Authorizer',
      may: [
        'dynamodb:GetItem on control',
        'dynamodb:PutItem on control, only jwks#https://cognito-idp.',
      ],
    },
    {
      door: 'Reconciler',
      may: [
        'dynamodb:GetItem on quota',
        'dynamodb:PutItem on audit',
        'dynamodb:Query on audit',
        'dynamodb:Scan on quota',
        'dynamodb:UpdateItem on quota',
        'sqs:DeleteMessage on spill',
        'sqs:ReceiveMessage on spill',
      ],
    },
  ])('$door may do exactly what its door does', ({ door, may }) => {
    expect(permissionsOf(dev, door)).toEqual(may);
  });

  it('may call a model of the team’s own, which only its ARN names', () => {
    const model = 'arn:aws:bedrock:eu-west-1:1:custom-model-deployment/abc';
    const [route] = dev.config.routes;
    const targets = [{ provider: 'bedrock', model, weight: 1, maxOutputTokens: 100 }];
    const own = synthesize('config/dev.json', {
      routes: route === undefined ? [] : [{ ...route, targets }],
    });

    expect(permissionsOf(own, 'Gateway').filter((it) => it.startsWith('bedrock:'))).toEqual([
      `bedrock:InvokeModel on {"Fn::Sub":"${model}`,
      `bedrock:InvokeModelWithResponseStream on {"Fn::Sub":"${model}`,
    ]);
  });

  it('may use the key where tables and queue are under one', () => {
    const prod = synthesize('config/prod.json');

    expect(permissionsOf(prod, 'Gateway').filter((it) => it.startsWith('kms:'))).toEqual([
      'kms:Decrypt on key',
      'kms:DescribeKey on key',
      'kms:Encrypt on key',
      'kms:GenerateDataKey on key',
      'kms:GenerateDataKeyWithoutPlaintext on key',
      'kms:ReEncryptFrom on key',
      'kms:ReEncryptTo on key',
    ]);
    expect(permissionsOf(prod, 'Portal')).toEqual(['kms:Decrypt on key']);
  });

  it.each([
    { door: 'Gateway', env: gatewayEnv },
    { door: 'Guardrail', env: guardrailEnv },
    { door: 'Governance', env: governanceEnv },
    { door: 'Portal', env: portalEnv },
    { door: 'Authorizer', env: authorizerEnv },
    { door: 'Reconciler', env: reconcilerEnv },
  ])('$door starts with the environment it has', ({ door, env }) => {
    const [[, fn] = []] = lambdas(dev).filter(([id]) => id.startsWith(`Doors${door}Function`));
    const environment = fn?.Properties?.['Environment'] as
      | { Variables: Record<string, unknown> }
      | undefined;
    const deployed = Object.fromEntries(
      Object.entries(environment?.Variables ?? {}).map(([name, value]) => [
        name,
        typeof value === 'string' ? value : 'https://token.example',
      ]),
    );

    expect(() => env.parse(deployed)).not.toThrow();
  });

  it('runs on Node 24, arm64, with JSON logs that end some day', () => {
    for (const [, fn] of lambdas(dev)) {
      expect(fn.Properties).toMatchObject({
        Runtime: 'nodejs24.x',
        Architectures: ['arm64'],
        LoggingConfig: { LogFormat: 'JSON' },
      });
    }
    const retention = ofType(dev, 'AWS::Logs::LogGroup').map(
      ([, group]) => group.Properties?.['RetentionInDays'],
    );
    expect(new Set(retention)).toEqual(new Set([14]));
    expect(lambdas(dev)).toHaveLength(6);
  });

  it('is called by its alias only', () => {
    const uses = JSON.stringify(ofType(dev, 'AWS::ApiGateway::Method'));

    expect(uses).toContain('Live');
    expect(uses).not.toMatch(/"Ref":"Doors\w+Function/);
  });

  it('says its operator’s decisions beside the code, the same for every door', () => {
    const prices = dev.config.prices;

    expect(prices.asOf).toMatch(/^\d{4}-\d\d-\d\d$/);
    expect(prices.sources.length).toBeGreaterThan(0);
  });
});

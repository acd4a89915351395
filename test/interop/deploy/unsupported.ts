import type { CfnResource } from './assembly.ts';

/** Something of our templates that moto cannot take. */
export interface Unsupported {
  readonly type: string;
  /** Which resources of the type, in words and as a question. @default - all of them */
  readonly only?: readonly [words: string, is: (resource: CfnResource) => boolean];
  /** `ignored`: the stack is complete and the resource is not there. */
  readonly answer: 'ignored' | 'refused';
  readonly because: string;
}

const UNKNOWN_TYPES = [
  'AWS::ApiGateway::Account',
  'AWS::ApiGateway::Authorizer',
  'AWS::ApiGateway::GatewayResponse',
  'AWS::ApiGateway::Model',
  'AWS::ApiGateway::RequestValidator',
  'AWS::ApiGateway::Stage',
  'AWS::CloudWatch::Alarm',
  'AWS::CodeDeploy::Application',
  'AWS::CodeDeploy::DeploymentGroup',
  'AWS::Cognito::UserPool',
  'AWS::Cognito::UserPoolResourceServer',
  'AWS::Lambda::Alias',
  'AWS::SNS::Subscription',
  'AWS::SNS::TopicPolicy',
  'AWS::SQS::QueuePolicy',
  'AWS::Scheduler::Schedule',
  'AWS::WAFv2::WebACL',
  'AWS::WAFv2::WebACLAssociation',
];

const integration = ({ Properties }: CfnResource) =>
  Properties?.['Integration'] as { readonly IntegrationHttpMethod?: string } | undefined;

/** Each entry is tried alone by a test, so that none stays when it is no longer needed. */
export const unsupported: readonly Unsupported[] = [
  ...UNKNOWN_TYPES.map((type) => ({
    type,
    answer: 'ignored' as const,
    because: 'it does not know the type',
  })),
  {
    type: 'AWS::Lambda::Permission',
    answer: 'refused',
    because: 'status 500: it looks for the function of an alias, which it does not know',
  },
  {
    type: 'AWS::ApiGateway::Method',
    only: ['preflights', (method) => integration(method)?.IntegrationHttpMethod === undefined],
    answer: 'refused',
    because: 'status 500: it wants an HTTP method of integrations that call nobody',
  },
];

/** The entry that this resource falls under. */
export const entryFor = (resource: CfnResource): Unsupported | undefined =>
  unsupported.find(
    ({ type, only }) => type === resource.Type && (only === undefined || only[1](resource)),
  );

/** A property that moto drops without a word, and the finding that comes of it. */
export interface IgnoredProperty {
  readonly type: string;
  readonly property: string;
  readonly finding: RegExp;
  readonly profiles: readonly ('dev' | 'prod')[];
}

const both = ['dev', 'prod'] as const;

/** Each entry must explain a finding in each of its profiles, or it is no longer needed. */
export const ignoredProperties: readonly IgnoredProperty[] = [
  {
    type: 'AWS::DynamoDB::Table',
    property: 'TimeToLiveSpecification',
    finding: /^the time to live of \w+ is undefined/,
    profiles: both,
  },
  {
    type: 'AWS::DynamoDB::Table',
    property: 'PointInTimeRecoverySpecification',
    finding: /^recovery of \w+ is "DISABLED"/,
    profiles: both,
  },
  {
    type: 'AWS::DynamoDB::Table',
    property: 'SSESpecification',
    finding: /^encryption of \w+ is undefined/,
    profiles: ['prod'],
  },
  {
    type: 'AWS::Lambda::Function',
    property: 'Architectures',
    finding: /^the architecture of \w+ is \["x86_64"\]/,
    profiles: both,
  },
  {
    type: 'AWS::Logs::LogGroup',
    property: 'KmsKeyId',
    finding: /^a key of \S+ is false/,
    profiles: ['prod'],
  },
];

/** The findings that no entry explains. */
export const unexplained = (findings: readonly string[]): readonly string[] =>
  findings.filter((it) => !ignoredProperties.some(({ finding }) => finding.test(it)));

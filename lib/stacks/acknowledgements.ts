import { Validations } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import { endpoints } from '../../lambdas/edge/contract.ts';
import type { PlatformConfig } from '../config/platform-config.ts';
import { bedrockModelArns } from '../gateway/model-access.ts';
import type { Platform } from './platform.ts';

/** One finding of a rule pack that we live with: where, and why. */
interface Acknowledgement {
  readonly rule: string;
  readonly at: (platform: Platform, config: PlatformConfig) => readonly IConstruct[];
  readonly why: string;
}

const functions = ({ gateway }: Platform): readonly IConstruct[] => gateway.doors.all();
const stage = ({ gateway }: Platform): readonly IConstruct[] => [gateway.api.api.deploymentStage];
const methods = ({ gateway }: Platform): readonly IConstruct[] => gateway.api.api.methods;
const openPaths = new Set(
  endpoints.filter(({ authorized }) => !authorized).map(({ path }) => path),
);
const openMethods = ({ gateway }: Platform): readonly IConstruct[] =>
  gateway.api.api.methods.filter(
    ({ httpMethod, resource }) => httpMethod === 'OPTIONS' || openPaths.has(resource.path),
  );
const apiLogRole = ({ gateway }: Platform): readonly IConstruct[] =>
  gateway.api.api.node.children.filter(({ node }) => node.id === 'CloudWatchRole');
const spillQueue = ({ data }: Platform): readonly IConstruct[] => [data.spillQueue];
const named =
  (id: string) =>
  ({ gateway }: Platform): readonly IConstruct[] =>
    gateway.node.children.filter((child) => child.node.id.startsWith(id));

/** Every exception there is. None is for a whole stack: a new resource has to earn its own. */
const acknowledgements: readonly Acknowledgement[] = [
  {
    rule: 'AwsSolutions-SQS3',
    at: spillQueue,
    why: 'it is itself the last resort for records that could not be written; nothing consumes and rejects',
  },
  {
    rule: 'Serverless-SQSRedrivePolicy',
    at: spillQueue,
    why: 'it is itself the last resort for records that could not be written; nothing consumes and rejects',
  },
  {
    rule: 'AwsSolutions-COG8',
    at: ({ gateway }) => gateway.node.findAll().filter(({ node }) => node.id === 'Users'),
    why: 'the pool issues tokens to machines; threat protection watches the sign-in of people',
  },
  {
    rule: 'AwsSolutions-COG4',
    at: methods,
    why: 'a Lambda authorizer checks keys and tokens of any OIDC issuer, the pool among them',
  },
  {
    rule: 'AwsSolutions-APIG4',
    at: openMethods,
    why: 'docs page, OpenAPI document, health and CORS preflights hold nothing and need no credential',
  },
  {
    rule: 'AwsSolutions-APIG6',
    at: stage,
    why: 'execution logs hold request bodies, which are prompts; access logs and our own are on',
  },
  {
    rule: 'AwsSolutions-APIG3',
    at: (platform, { retainData }) => (retainData ? [] : stage(platform)),
    why: 'this profile has no firewall: it is for development, and WAF has an hourly price',
  },
  {
    rule: 'Serverless-APIGWXrayEnabled',
    at: stage,
    why: 'traces are an option of the platform: five dollars a million requests',
  },
  {
    rule: 'Serverless-LambdaTracing',
    at: functions,
    why: 'traces are an option of the platform: five dollars a million requests',
  },
  {
    rule: 'Serverless-LambdaDLQ',
    at: functions,
    why: 'called synchronously, the caller gets the failure; the scheduled one runs again in minutes',
  },
  {
    rule: 'NIST.800.53.R5-LambdaDLQ',
    at: functions,
    why: 'called synchronously, the caller gets the failure; the scheduled one runs again in minutes',
  },
  {
    rule: 'NIST.800.53.R5-LambdaConcurrency',
    at: functions,
    why: 'a reserved share would be taken from the account at rest; stage throttling and quotas bound load',
  },
  {
    rule: 'NIST.800.53.R5-LambdaInsideVPC',
    at: functions,
    why: 'they talk to AWS APIs with TLS and IAM only; a network of one’s own is the private profile',
  },
  {
    rule: 'NIST.800.53.R5-APIGWCacheEnabledAndEncrypted',
    at: stage,
    why: 'answers are personal and streamed; neither may nor can API Gateway cache them',
  },
  {
    rule: 'NIST.800.53.R5-APIGWExecutionLoggingEnabled',
    at: stage,
    why: 'execution logs hold request bodies, which are prompts; access logs and our own are on',
  },
  {
    rule: 'NIST.800.53.R5-APIGWSSLEnabled',
    at: stage,
    why: 'behind it are Lambda functions, called with IAM: there is no backend to show a certificate to',
  },
  {
    rule: 'NIST.800.53.R5-DynamoDBInBackupPlan',
    at: ({ data }) => [data.tables.quota, data.tables.audit, data.tables.control],
    why: 'point-in-time recovery is on, and the tables are retained and protected from deletion',
  },
  {
    rule: 'NIST.800.53.R5-IAMNoInlinePolicy',
    at: named('SchedulerRoleForTarget'),
    why: 'written by CDK for its schedule: it may invoke one function, and has one user',
  },
  {
    rule: 'NIST.800.53.R5-WAFv2LoggingEnabled',
    at: named('Firewall'),
    why: 'full request logs would keep credentials and prompts in yet another place; metrics are on',
  },
  {
    rule: 'AwsSolutions-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/service-role/AWSCodeDeployRoleForLambdaLimited]',
    at: named('GatewayRollout'),
    why: 'AWS keeps the policy of its own deployment service up to date',
  },
  {
    rule: 'AwsSolutions-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs]',
    at: apiLogRole,
    why: 'the role is one for every API of the account and region; AWS keeps its policy up to date',
  },
  {
    rule: 'Serverless-SNSRedrivePolicy',
    at: named('OnCall'),
    why: 'e-mail subscriptions have no dead-letter queue',
  },
];

/** Acknowledges the findings we live with, each where it is. */
export function acknowledge(platform: Platform, config: PlatformConfig): void {
  for (const { rule, at, why } of allOf(config)) {
    for (const scope of at(platform, config)) {
      Validations.of(scope).acknowledge({ id: rule, reason: why });
    }
  }
}

/** The rules that are acknowledged somewhere in a deployment, so that a test can find stale ones. */
export const acknowledgedRules = (platform: Platform, config: PlatformConfig): readonly string[] =>
  allOf(config)
    .filter(({ at }) => at(platform, config).length > 0)
    .map(({ rule }) => rule);

const allOf = (config: PlatformConfig): readonly Acknowledgement[] => [
  ...acknowledgements,
  ...modelWildcards(config),
];

/** An inference profile may route to its model in any region of its geography. */
const modelWildcards = (config: PlatformConfig): readonly Acknowledgement[] =>
  bedrockModelArns(config)
    .filter((arn) => arn.includes('*'))
    .map((arn) => ({
      rule: `AwsSolutions-IAM5[Resource::${arn.replace(/\$\{([^}]+)\}/g, '<$1>')}]`,
      at: ({ gateway }) => [gateway.doors.gateway],
      why: 'the region is open because the inference profile chooses it; the model is not',
    }));

import { isDeepStrictEqual } from 'node:util';
import { tables } from '#adapters/dynamodb/contract.ts';
import { endpoints } from '../../../lambdas/edge/contract.ts';
import type { PlatformConfig } from '../../../lib/config/platform-config.ts';
import type { DeployedResource } from './deployment.ts';
import type { EmulatedAccount } from './start-moto.ts';
import { standIn } from './without-unsupported.ts';

/** What the two stacks made, to be compared with what was meant. */
export interface Deployed {
  readonly account: EmulatedAccount;
  readonly config: PlatformConfig;
  readonly outputs: Readonly<Record<string, string>>;
  readonly resources: readonly DeployedResource[];
}

const DOORS = ['Gateway', 'Guardrail', 'Governance', 'Portal', 'Authorizer', 'Reconciler'];

/** Everything that is not as it was meant, in words; asked of the account, not of the templates. */
export async function findingsOf(deployed: Deployed): Promise<readonly string[]> {
  const found: string[][] = [];
  for (const name of ['quota', 'audit', 'control'] as const) {
    found.push(await tableFindings(deployed, name));
  }
  for (const door of DOORS) {
    found.push(await functionFindings(deployed, door), await roleFindings(deployed, door));
  }
  found.push(
    await apiFindings(deployed),
    await logFindings(deployed),
    await queueFindings(deployed),
    await dashboardFindings(deployed),
  );
  return found.flat();
}

/** Says what differs, if anything does. */
function differs(what: string, is: unknown, meant: unknown): string[] {
  if (isDeepStrictEqual(is, meant)) return [];
  return [`${what} is ${JSON.stringify(is)}, meant is ${JSON.stringify(meant)}`];
}

/** @throws Error when nothing of that type begins so, or more than one does. */
function physicalIdOf({ resources }: Deployed, type: string, begins: string): string {
  const found = resources.filter((it) => it.type === type && it.logicalId.startsWith(begins));
  const [only] = found;
  if (only === undefined || found.length > 1) {
    throw new Error(`there must be one ${type} that begins with '${begins}', got ${found.length}`);
  }
  return only.physicalId;
}

export const tableNameOf = ({ outputs }: Deployed, name: keyof typeof tables): string =>
  outputs[`${name[0]?.toUpperCase()}${name.slice(1)}TableName`] ?? '';

async function tableFindings(deployed: Deployed, name: keyof typeof tables): Promise<string[]> {
  const { account, config } = deployed;
  const TableName = tableNameOf(deployed, name);
  const ask = <Answer>(operation: string) =>
    account.call<Answer>('dynamodb', operation, { TableName });
  const { Table } = await ask<{ Table: Record<string, unknown> }>('describe_table');
  const { TimeToLiveDescription: ttl } = await ask<{
    TimeToLiveDescription: { TimeToLiveStatus: string; AttributeName?: string };
  }>('describe_time_to_live');
  const { ContinuousBackupsDescription: backups } = await ask<{
    ContinuousBackupsDescription: {
      PointInTimeRecoveryDescription: { PointInTimeRecoveryStatus: string };
    };
  }>('describe_continuous_backups');
  const { partitionKey, sortKey, timeToLive, stream } = tables[name];
  const key = [
    { AttributeName: partitionKey, KeyType: 'HASH' },
    { AttributeName: sortKey, KeyType: 'RANGE' },
  ];
  const billing = Table['BillingModeSummary'] as { BillingMode?: string } | undefined;
  const streams = Table['StreamSpecification'] as { StreamViewType?: string } | undefined;
  const encryption = Table['SSEDescription'] as { SSEType?: string } | undefined;
  return [
    ...differs(`the key of ${name}`, Table['KeySchema'], key),
    ...differs(`the time to live of ${name}`, ttl.AttributeName, timeToLive),
    ...differs(
      `recovery of ${name}`,
      backups.PointInTimeRecoveryDescription.PointInTimeRecoveryStatus,
      'ENABLED',
    ),
    ...differs(`billing of ${name}`, billing?.BillingMode, 'PAY_PER_REQUEST'),
    ...differs(`the stream of ${name}`, streams?.StreamViewType, stream ? 'NEW_IMAGE' : undefined),
    ...differs(`protection of ${name}`, Table['DeletionProtectionEnabled'], config.retainData),
    ...differs(
      `encryption of ${name}`,
      encryption?.SSEType,
      config.customerKeys ? 'KMS' : undefined,
    ),
  ];
}

export interface DeployedFunction {
  readonly Runtime: string;
  readonly Architectures: readonly string[];
  readonly Handler: string;
  readonly CodeSize: number;
  readonly MemorySize: number;
  readonly Role: string;
  readonly Environment?: { readonly Variables: Readonly<Record<string, string>> };
}

export async function functionOf(deployed: Deployed, door: string): Promise<DeployedFunction> {
  const FunctionName = physicalIdOf(deployed, 'AWS::Lambda::Function', `Doors${door}Function`);
  return deployed.account.call('lambda', 'get_function_configuration', { FunctionName });
}

async function functionFindings(deployed: Deployed, door: string): Promise<string[]> {
  const fn = await functionOf(deployed, door);
  const variables = Object.entries(fn.Environment?.Variables ?? {});
  const named = (['quota', 'audit', 'control'] as const).flatMap((name) =>
    variables
      .filter(([variable]) => variable === `${name.toUpperCase()}_TABLE_NAME`)
      .flatMap(([variable, value]) =>
        differs(`${variable} of ${door}`, value, tableNameOf(deployed, name)),
      ),
  );
  return [
    ...differs(`the runtime of ${door}`, fn.Runtime, 'nodejs24.x'),
    ...differs(`the architecture of ${door}`, fn.Architectures, ['arm64']),
    ...differs(`the handler of ${door}`, fn.Handler, 'index.handler'),
    ...differs(`code of ${door}`, fn.CodeSize > 0, true),
    ...named,
  ];
}

interface Document {
  readonly Statement: readonly {
    readonly Action: string | readonly string[];
    readonly Resource: string | readonly string[];
  }[];
}

/** ARNs that a function's role reaches with actions of a service, wherever they come from. */
async function reachOf(
  { account }: Deployed,
  role: string,
  service: string,
): Promise<readonly string[]> {
  const RoleName = role.slice(role.lastIndexOf('/') + 1);
  const { AttachedPolicies } = await account.call<{
    AttachedPolicies: readonly { readonly PolicyArn: string }[];
  }>('iam', 'list_attached_role_policies', { RoleName });
  const reached = new Set<string>();
  for (const { PolicyArn } of AttachedPolicies) {
    const { Policy } = await account.call<{ Policy: { DefaultVersionId: string } }>(
      'iam',
      'get_policy',
      { PolicyArn },
    );
    const { PolicyVersion } = await account.call<{ PolicyVersion: { Document: Document } }>(
      'iam',
      'get_policy_version',
      { PolicyArn, VersionId: Policy.DefaultVersionId },
    );
    for (const { Action, Resource } of PolicyVersion.Document.Statement) {
      if (![Action].flat().some((action) => action.startsWith(`${service}:`))) continue;
      for (const arn of [Resource].flat()) reached.add(arn);
    }
  }
  return [...reached].sort();
}

/** A role reaches exactly the tables and the queue that the environment names, and no other. */
async function roleFindings(deployed: Deployed, door: string): Promise<string[]> {
  const { Role, Environment } = await functionOf(deployed, door);
  const variables = Object.entries(Environment?.Variables ?? {});
  const named = (ends: string) =>
    variables.filter(([name]) => name.endsWith(ends)).map(([, value]) => value);
  const url = physicalIdOf(deployed, 'AWS::SQS::Queue', 'Spill');
  const queue = url.slice(url.lastIndexOf('/') + 1);
  const tableArns = named('_TABLE_NAME').map((name) => `:table/${name}`);
  const queueArns = named('_QUEUE_URL').map(() => `:${queue}`);
  const tailOf = (arn: string) => arn.slice(arn.lastIndexOf(':'));
  return [
    ...differs(
      `tables that ${door} may touch`,
      (await reachOf(deployed, Role, 'dynamodb')).map(tailOf).sort(),
      tableArns.sort(),
    ),
    ...differs(
      `queues that ${door} may touch`,
      (await reachOf(deployed, Role, 'sqs')).map(tailOf),
      queueArns,
    ),
  ];
}

interface DeployedMethod {
  readonly authorizationType: string;
  readonly methodIntegration: { readonly type: string; readonly uri: string };
}

async function apiFindings(deployed: Deployed): Promise<string[]> {
  const restApiId = physicalIdOf(deployed, 'AWS::ApiGateway::RestApi', 'GatewayApi');
  const { items } = await deployed.account.call<{
    items: readonly { path: string; resourceMethods?: Record<string, DeployedMethod> }[];
  }>('apigateway', 'get_resources', { restApiId, embed: ['methods'], limit: 500 });
  const methods = items.flatMap(({ path, resourceMethods = {} }) =>
    Object.entries(resourceMethods).map(([method, it]) => [`${method} ${path}`, it] as const),
  );
  const meant = new Map(endpoints.map((it) => [`${it.method} ${it.path}`, it]));
  return [
    ...differs('the API', methods.map(([name]) => name).sort(), [...meant.keys()].sort()),
    ...methods.flatMap(
      ([
        name,
        {
          authorizationType,
          methodIntegration: { type, uri },
        },
      ]) => {
        const { authorized = true, door = '' } = meant.get(name) ?? {};
        const live = standIn(`Doors${door[0]?.toUpperCase()}${door.slice(1)}Live`);
        return [
          ...differs(`${name}: authorization`, authorizationType, authorized ? 'CUSTOM' : 'NONE'),
          ...differs(`${name}: integration`, type, 'AWS_PROXY'),
          ...differs(`${name}: streams from ${live} (${uri})`, uri.includes(live), true),
          ...differs(`${name}: streams`, uri.endsWith('/response-streaming-invocations'), true),
        ];
      },
    ),
  ];
}

async function logFindings({ account, config }: Deployed): Promise<string[]> {
  const { logGroups } = await account.call<{
    logGroups: readonly { logGroupName: string; retentionInDays?: number; kmsKeyId?: string }[];
  }>('logs', 'describe_log_groups');
  return [
    ...differs('log groups', logGroups.length, DOORS.length + 1),
    ...logGroups.flatMap(({ logGroupName, retentionInDays, kmsKeyId }) => [
      ...differs(`days that ${logGroupName} keeps`, retentionInDays, config.logDays),
      ...differs(`a key of ${logGroupName}`, kmsKeyId !== undefined, config.customerKeys),
    ]),
  ];
}

async function queueFindings(deployed: Deployed): Promise<string[]> {
  const QueueUrl = physicalIdOf(deployed, 'AWS::SQS::Queue', 'Spill');
  const { Attributes } = await deployed.account.call<{
    Attributes: Readonly<Record<string, string>>;
  }>('sqs', 'get_queue_attributes', { QueueUrl, AttributeNames: ['All'] });
  const encrypted = deployed.config.customerKeys ? 'KmsMasterKeyId' : 'SqsManagedSseEnabled';
  return [
    ...differs('days that the queue keeps', Attributes['MessageRetentionPeriod'], '1209600'),
    ...differs(`${encrypted} of the queue`, Attributes[encrypted] !== undefined, true),
  ];
}

async function dashboardFindings({ account, config }: Deployed): Promise<string[]> {
  const { DashboardBody } = await account.call<{ DashboardBody: string }>(
    'cloudwatch',
    'get_dashboard',
    { DashboardName: `${config.name}-service` },
  );
  const { widgets } = JSON.parse(DashboardBody) as { readonly widgets: readonly object[] };
  return differs('widgets of the dashboard', widgets.length, 7);
}

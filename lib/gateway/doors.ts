import { Duration, Fn, type RemovalPolicy } from 'aws-cdk-lib';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { jwksPartition, ROUTES_PARTITION } from '../../lambdas/adapters/dynamodb/contract.ts';
import { authorizerEnv } from '../../lambdas/authorizer/contract.ts';
import type { DoorName } from '../../lambdas/edge/contract.ts';
import { gatewayEnv } from '../../lambdas/gateway/contract.ts';
import { governanceEnv } from '../../lambdas/governance/contract.ts';
import { guardrailEnv } from '../../lambdas/guardrail/contract.ts';
import type { PlatformFile } from '../../lambdas/platform/contract.ts';
import { portalEnv, portalFiles } from '../../lambdas/portal/contract.ts';
import { reconcilerEnv } from '../../lambdas/reconciler/contract.ts';
import type { PlatformConfig } from '../config/platform-config.ts';
import type { PlatformTables } from '../data/platform-tables.ts';
import type { ShippedFile } from '../function/bundle.ts';
import { PlatformFunction, type PlatformFunctionProps } from '../function/platform-function.ts';
import type { Identity } from './identity.ts';
import { bedrockModelArns, providerSecretArns } from './model-access.ts';

export interface DoorsProps {
  readonly config: PlatformConfig;
  readonly tables: PlatformTables;
  readonly spillQueue: Queue;
  readonly identity: Identity;
  readonly logRetention: RetentionDays;
  readonly removalPolicy: RemovalPolicy;
  /** @default - keys owned by AWS */
  readonly encryptionKey?: IKey;
}

const PLATFORM_FILE = 'platform.json';

/**
 * What a principal needs for tables under a customer managed key: the list that AWS's policy for
 * "access through Amazon DynamoDB" gives, spelled out, without the grants that only a table's maker needs.
 *
 * @see https://docs.aws.amazon.com/kms/latest/developerguide/services-dynamodb.html
 */
const TABLE_KEY_ACTIONS = [
  'kms:Decrypt',
  'kms:DescribeKey',
  'kms:Encrypt',
  'kms:GenerateDataKey',
  'kms:GenerateDataKeyWithoutPlaintext',
  'kms:ReEncryptFrom',
  'kms:ReEncryptTo',
];

/** The functions behind the API, each allowed what its door does and nothing else. */
export class Doors extends Construct {
  readonly gateway: PlatformFunction;
  readonly guardrail: PlatformFunction;
  readonly governance: PlatformFunction;
  readonly portal: PlatformFunction;
  readonly authorizer: PlatformFunction;
  readonly reconciler: PlatformFunction;
  readonly #props: DoorsProps;

  constructor(scope: Construct, id: string, props: DoorsProps) {
    super(scope, id);
    this.#props = props;
    this.gateway = this.#gateway();
    this.guardrail = this.#guardrail();
    this.governance = this.#governance();
    this.portal = this.#door('Portal', {
      door: 'portal',
      description: 'docs page, OpenAPI document, health',
      environment: portalEnv.toLambda({ ALLOWED_ORIGINS: props.config.allowedOrigins.join(',') }),
      files: portalFiles,
      memorySize: 256,
    });
    this.authorizer = this.#authorizer();
    this.reconciler = this.#reconciler();
  }

  /** The function that opens a door of the API. */
  of(door: DoorName): PlatformFunction {
    return this[door];
  }

  /** Every function there is. */
  all(): readonly PlatformFunction[] {
    return [
      this.gateway,
      this.guardrail,
      this.governance,
      this.portal,
      this.authorizer,
      this.reconciler,
    ];
  }

  #gateway(): PlatformFunction {
    const { config, tables, spillQueue } = this.#props;
    const gateway = this.#door('Gateway', {
      door: 'gateway',
      description: 'the OpenAI-compatible API',
      environment: gatewayEnv.toLambda({
        QUOTA_TABLE_NAME: tables.quota.tableName,
        AUDIT_TABLE_NAME: tables.audit.tableName,
        CONTROL_TABLE_NAME: tables.control.tableName,
        SPILL_QUEUE_URL: spillQueue.queueUrl,
        PLATFORM_FILE,
        ALLOWED_ORIGINS: config.allowedOrigins.join(','),
      }),
      files: this.#platformFile(),
      memorySize: config.gatewayMemoryMb,
      // API Gateway's own limit for a streamed answer.
      timeout: Duration.minutes(15),
    });
    gateway.allow(['dynamodb:UpdateItem', 'dynamodb:GetItem'], [tables.quota.tableArn]);
    gateway.allow(['dynamodb:PutItem'], [tables.audit.tableArn]);
    gateway.allowWithin(ROUTES_PARTITION, ['dynamodb:Query'], tables.control.tableArn);
    gateway.allow(['sqs:SendMessage'], [spillQueue.queueArn]);
    const models = bedrockModelArns(config).map((arn) => Fn.sub(arn));
    if (models.length > 0) {
      gateway.allow(['bedrock:InvokeModel', 'bedrock:InvokeModelWithResponseStream'], models);
    }
    const secrets = providerSecretArns(config);
    if (secrets.length > 0) gateway.allow(['secretsmanager:GetSecretValue'], secrets);
    return gateway;
  }

  #guardrail(): PlatformFunction {
    const { config, tables, spillQueue } = this.#props;
    const guardrail = this.#door('Guardrail', {
      door: 'guardrail',
      description: 'POST /v1/moderations',
      environment: guardrailEnv.toLambda({
        PLATFORM_FILE,
        AUDIT_TABLE_NAME: tables.audit.tableName,
        SPILL_QUEUE_URL: spillQueue.queueUrl,
        ALLOWED_ORIGINS: config.allowedOrigins.join(','),
      }),
      files: this.#platformFile(),
    });
    guardrail.allow(['dynamodb:PutItem'], [tables.audit.tableArn]);
    guardrail.allow(['sqs:SendMessage'], [spillQueue.queueArn]);
    return guardrail;
  }

  #governance(): PlatformFunction {
    const { config, tables } = this.#props;
    const governance = this.#door('Governance', {
      door: 'governance',
      description: 'audit records, usage and the admin API',
      environment: governanceEnv.toLambda({
        CONTROL_TABLE_NAME: tables.control.tableName,
        QUOTA_TABLE_NAME: tables.quota.tableName,
        AUDIT_TABLE_NAME: tables.audit.tableName,
        PLATFORM_FILE,
        ALLOWED_ORIGINS: config.allowedOrigins.join(','),
      }),
      files: this.#platformFile(),
    });
    governance.allow(
      ['dynamodb:GetItem', 'dynamodb:BatchGetItem', 'dynamodb:Query', 'dynamodb:PutItem'],
      [tables.control.tableArn],
    );
    governance.allow(['dynamodb:Query', 'dynamodb:PutItem'], [tables.audit.tableArn]);
    governance.allow(['dynamodb:GetItem'], [tables.quota.tableArn]);
    return governance;
  }

  #authorizer(): PlatformFunction {
    const { tables, identity } = this.#props;
    const authorizer = this.#door('Authorizer', {
      door: 'authorizer',
      description: 'who calls: keys and tokens',
      environment: authorizerEnv.toLambda({
        CONTROL_TABLE_NAME: tables.control.tableName,
        ISSUER: identity.issuer,
        AUDIENCES: identity.audiences,
        TENANT_CLAIM: identity.tenantClaim,
        SCOPE_PREFIX: identity.scopePrefix,
      }),
      timeout: Duration.seconds(10),
    });
    authorizer.allow(['dynamodb:GetItem'], [tables.control.tableArn]);
    // Beside the snapshot are the tenants and their keys: who checks credentials must not make any.
    authorizer.allowWithin(
      jwksPartition(identity.issuer),
      ['dynamodb:PutItem'],
      tables.control.tableArn,
    );
    return authorizer;
  }

  #reconciler(): PlatformFunction {
    const { tables, spillQueue } = this.#props;
    const reconciler = this.#door('Reconciler', {
      door: 'reconciler',
      description: 'settles what dead requests left reserved',
      environment: reconcilerEnv.toLambda({
        QUOTA_TABLE_NAME: tables.quota.tableName,
        AUDIT_TABLE_NAME: tables.audit.tableName,
        SPILL_QUEUE_URL: spillQueue.queueUrl,
      }),
      timeout: Duration.minutes(4),
      memorySize: 256,
    });
    reconciler.allow(
      ['dynamodb:Scan', 'dynamodb:UpdateItem', 'dynamodb:GetItem'],
      [tables.quota.tableArn],
    );
    reconciler.allow(['dynamodb:Query', 'dynamodb:PutItem'], [tables.audit.tableArn]);
    reconciler.allow(['sqs:ReceiveMessage', 'sqs:DeleteMessage'], [spillQueue.queueArn]);
    return reconciler;
  }

  #door(
    id: string,
    props: Omit<PlatformFunctionProps, 'logRetention' | 'removalPolicy' | 'encryptionKey'>,
  ): PlatformFunction {
    const { logRetention, removalPolicy, encryptionKey } = this.#props;
    const door = new PlatformFunction(this, id, {
      ...props,
      logRetention,
      removalPolicy,
      ...(encryptionKey === undefined ? {} : { encryptionKey }),
    });
    if (encryptionKey !== undefined) {
      // The environment is under the key, and for all but the portal tables and queue are.
      const actions = id === 'Portal' ? ['kms:Decrypt'] : TABLE_KEY_ACTIONS;
      door.allow(actions, [encryptionKey.keyArn]);
    }
    return door;
  }

  /** What the deployment decides, beside the code: the same bytes for every door that reads it. */
  #platformFile(): Readonly<Record<string, ShippedFile>> {
    const { routes, guardrailPolicies, prices, providers } = this.#props.config;
    const file: PlatformFile = { routes, guardrailPolicies, prices, providers };
    return { [PLATFORM_FILE]: { text: JSON.stringify(file) } };
  }
}

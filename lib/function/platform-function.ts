import { fileURLToPath } from 'node:url';
import { AssetHashType, DockerImage, Duration, type RemovalPolicy } from 'aws-cdk-lib';
import {
  type Conditions,
  Effect,
  ManagedPolicy,
  PolicyStatement,
  Role,
  ServicePrincipal,
} from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import {
  Alias,
  ApplicationLogLevel,
  Architecture,
  Code,
  type IFunction,
  type IVersion,
  Function as LambdaFunction,
  LoggingFormat,
  Runtime,
  SystemLogLevel,
} from 'aws-cdk-lib/aws-lambda';
import { LogGroup, type RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { bundle, type ShippedFile } from './bundle.ts';

export interface PlatformFunctionProps {
  /** Folder of the door under `lambdas/`. */
  readonly door: string;
  readonly description: string;
  readonly environment: Readonly<Record<string, string>>;
  /** What else ships beside the code. */
  readonly files?: Readonly<Record<string, ShippedFile>>;
  readonly logRetention: RetentionDays;
  /** What becomes of the log group when the stack goes, and of versions that are replaced. */
  readonly removalPolicy: RemovalPolicy;
  /**
   * How long one invocation may take.
   *
   * @default Duration.seconds(29)
   */
  readonly timeout?: Duration;
  /**
   * In megabytes; CPU comes in proportion.
   *
   * @default 512
   */
  readonly memorySize?: number;
  /**
   * Encrypts environment and log group.
   *
   * @default - keys owned by AWS
   */
  readonly encryptionKey?: IKey;
}

/**
 * A door as a function: one place for runtime, architecture, bundling, logs and role. Whoever calls
 * it calls the alias, so that a deployment can shift traffic and turn back.
 */
export class PlatformFunction extends Construct {
  readonly function: LambdaFunction;
  readonly alias: Alias;
  readonly role: Role;
  readonly logGroup: LogGroup;
  readonly #policy: ManagedPolicy;

  constructor(scope: Construct, id: string, props: PlatformFunctionProps) {
    super(scope, id);
    const { encryptionKey } = props;
    this.logGroup = new LogGroup(this, 'Logs', {
      retention: props.logRetention,
      removalPolicy: props.removalPolicy,
      ...(encryptionKey === undefined ? {} : { encryptionKey }),
    });
    this.role = new Role(this, 'Role', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
    this.#policy = new ManagedPolicy(this, 'Policy', {
      description: `what the ${props.door} function may do`,
      roles: [this.role],
    });
    this.allow(['logs:CreateLogStream', 'logs:PutLogEvents'], [this.logGroup.logGroupArn]);
    this.function = new LambdaFunction(this, 'Function', {
      description: props.description,
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      handler: 'index.handler',
      code: codeOf(props),
      environment: props.environment,
      memorySize: props.memorySize ?? 512,
      timeout: props.timeout ?? Duration.seconds(29),
      role: this.role.withoutPolicyUpdates(),
      logGroup: this.logGroup,
      loggingFormat: LoggingFormat.JSON,
      applicationLogLevelV2: ApplicationLogLevel.INFO,
      systemLogLevelV2: SystemLogLevel.WARN,
      ...(encryptionKey === undefined ? {} : { environmentEncryption: encryptionKey }),
      currentVersionOptions: { removalPolicy: props.removalPolicy },
    });
    this.function.node.addDependency(this.#policy);
    this.alias = new Alias(this, 'Live', {
      aliasName: 'live',
      version: this.function.currentVersion as IVersion,
    });
  }

  /** The alias, as the rest of CDK wants it: its optional members are declared by other settings. */
  get callable(): IFunction {
    return this.alias as IFunction;
  }

  /** Lets the function do this, and nothing that is not said here. */
  allow(
    actions: readonly string[],
    resources: readonly string[],
    conditions: Conditions = {},
  ): void {
    this.#policy.addStatements(
      new PolicyStatement({
        effect: Effect.ALLOW,
        actions: [...actions],
        resources: [...resources],
        conditions,
      }),
    );
  }

  /**
   * The same within one partition of a table.
   *
   * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/specifying-conditions.html
   */
  allowWithin(partition: string, actions: readonly string[], tableArn: string): void {
    this.allow(actions, [tableArn], {
      'ForAllValues:StringEquals': { 'dynamodb:LeadingKeys': [partition] },
      // ForAllValues is also true of a request without keys.
      Null: { 'dynamodb:LeadingKeys': 'false' },
    });
  }
}

/** The image is never pulled: the local bundler always has something to say. */
const NO_IMAGE = DockerImage.fromRegistry('none');

function codeOf({ door, files }: PlatformFunctionProps): Code {
  const folder = fileURLToPath(new URL(`../../lambdas/${door}`, import.meta.url));
  return Code.fromAsset(folder, {
    assetHashType: AssetHashType.OUTPUT,
    bundling: {
      image: NO_IMAGE,
      local: {
        tryBundle(outputFolder: string): boolean {
          bundle({ door, ...(files === undefined ? {} : { files }) }, outputFolder);
          return true;
        },
      },
    },
  });
}

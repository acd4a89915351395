import { CfnOutput, Duration, RemovalPolicy, Stack, type StackProps } from 'aws-cdk-lib';
import type { Key } from 'aws-cdk-lib/aws-kms';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import type { PlatformConfig } from '../config/platform-config.ts';
import { PlatformKey } from '../data/platform-key.ts';
import { PlatformTables } from '../data/platform-tables.ts';

export interface DataStackProps extends StackProps {
  readonly config: PlatformConfig;
}

/** What must outlive every deployment: the tables, the spill queue, and their key. */
export class DataStack extends Stack {
  readonly tables: PlatformTables;
  readonly spillQueue: Queue;
  readonly encryptionKey: Key | undefined;

  constructor(scope: Construct, id: string, { config, ...props }: DataStackProps) {
    super(scope, id, { terminationProtection: config.retainData, ...props });
    const removalPolicy = config.retainData ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY;
    this.encryptionKey = config.customerKeys
      ? new PlatformKey(this, 'Key', {
          description: `${config.name}: tables, queue, logs and alarms`,
          removalPolicy,
        })
      : undefined;
    const { encryptionKey } = this;
    this.tables = new PlatformTables(this, 'Tables', {
      protect: config.retainData,
      ...(encryptionKey === undefined ? {} : { encryptionKey }),
    });
    this.spillQueue = new Queue(this, 'Spill', {
      enforceSSL: true,
      retentionPeriod: Duration.days(14),
      removalPolicy,
      ...(encryptionKey === undefined
        ? { encryption: QueueEncryption.SQS_MANAGED }
        : { encryption: QueueEncryption.KMS, encryptionMasterKey: encryptionKey }),
    });
    for (const [name, table] of Object.entries({
      ControlTableName: this.tables.control,
      QuotaTableName: this.tables.quota,
      AuditTableName: this.tables.audit,
    })) {
      new CfnOutput(this, name, { value: table.tableName });
    }
  }
}

import { RemovalPolicy } from 'aws-cdk-lib';
import {
  AttributeType,
  BillingMode,
  StreamViewType,
  Table,
  TableEncryption,
} from 'aws-cdk-lib/aws-dynamodb';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';
import { type TableName, tables } from '../../lambdas/adapters/dynamodb/contract.ts';

export interface PlatformTablesProps {
  /** Keep the tables when the stack goes, and let nobody delete them by mistake. */
  readonly protect: boolean;
  /**
   * Encrypts the tables.
   *
   * @default - a key owned by AWS, which costs nothing
   */
  readonly encryptionKey?: IKey;
}

/**
 * The three tables: quota, audit, control. On demand: idle, they cost their few bytes. The older of
 * CDK's two table classes: the newer cannot take a customer's key without knowing its region.
 */
export class PlatformTables extends Construct {
  readonly quota: Table;
  readonly audit: Table;
  readonly control: Table;

  constructor(scope: Construct, id: string, props: PlatformTablesProps) {
    super(scope, id);
    this.quota = this.#table('Quota', 'quota', props);
    this.audit = this.#table('Audit', 'audit', props);
    this.control = this.#table('Control', 'control', props);
  }

  #table(id: string, name: TableName, { protect, encryptionKey }: PlatformTablesProps): Table {
    const schema = tables[name];
    return new Table(this, id, {
      partitionKey: { name: schema.partitionKey, type: AttributeType.STRING },
      sortKey: { name: schema.sortKey, type: AttributeType.STRING },
      timeToLiveAttribute: schema.timeToLive,
      billingMode: BillingMode.PAY_PER_REQUEST,
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      deletionProtection: protect,
      removalPolicy: protect ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
      ...(encryptionKey === undefined
        ? { encryption: TableEncryption.DEFAULT }
        : { encryption: TableEncryption.CUSTOMER_MANAGED, encryptionKey }),
      ...(schema.stream ? { stream: StreamViewType.NEW_IMAGE } : {}),
    });
  }
}

import { RemovalPolicy } from 'aws-cdk-lib';
import {
  AttributeType,
  Billing,
  StreamViewType,
  TableEncryptionV2,
  TableV2,
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

/** The three tables: quota, audit, control. On demand: idle, they cost their few bytes. */
export class PlatformTables extends Construct {
  readonly quota: TableV2;
  readonly audit: TableV2;
  readonly control: TableV2;

  constructor(scope: Construct, id: string, props: PlatformTablesProps) {
    super(scope, id);
    this.quota = this.#table('Quota', 'quota', props);
    this.audit = this.#table('Audit', 'audit', props);
    this.control = this.#table('Control', 'control', props);
  }

  #table(id: string, name: TableName, { protect, encryptionKey }: PlatformTablesProps): TableV2 {
    const schema = tables[name];
    return new TableV2(this, id, {
      partitionKey: { name: schema.partitionKey, type: AttributeType.STRING },
      sortKey: { name: schema.sortKey, type: AttributeType.STRING },
      timeToLiveAttribute: schema.timeToLive,
      billing: Billing.onDemand(),
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      deletionProtection: protect,
      removalPolicy: protect ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
      encryption:
        encryptionKey === undefined
          ? TableEncryptionV2.dynamoOwnedKey()
          : TableEncryptionV2.customerManagedKey(encryptionKey),
      ...(schema.stream ? { dynamoStream: StreamViewType.NEW_IMAGE } : {}),
    });
  }
}

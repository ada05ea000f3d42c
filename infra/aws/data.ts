import { RemovalPolicy } from 'aws-cdk-lib';
import {
  AttributeType,
  BillingMode,
  ProjectionType,
  StreamViewType,
  Table,
  TableEncryption,
} from 'aws-cdk-lib/aws-dynamodb';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';
import { TABLE_DEFINITION } from '../../shared/store/table-definition.ts';
import { explainWildcards } from './wildcards.ts';

const text = (name: string) => ({ name, type: AttributeType.STRING });

/** The one table and the key for it and for secrets. Both outlive the stack (rule 31). */
export class Data extends Construct {
  readonly table: Table;
  readonly key: Key;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    this.key = new Key(this, 'Key', {
      description: 'pushpool: the table, the secrets of blocks, and run tokens',
      enableKeyRotation: true,
      removalPolicy: RemovalPolicy.RETAIN,
    });
    explainWildcards(this.key, {
      'kms:*': 'A key policy speaks of its own key only; without the account there nobody could administer the key.',
    });
    this.table = new Table(this, 'Table', {
      partitionKey: text(TABLE_DEFINITION.partitionKey),
      sortKey: text(TABLE_DEFINITION.sortKey),
      timeToLiveAttribute: TABLE_DEFINITION.timeToLiveAttribute,
      billingMode: BillingMode.PAY_PER_REQUEST,
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      encryption: TableEncryption.CUSTOMER_MANAGED,
      encryptionKey: this.key,
      stream: StreamViewType.NEW_IMAGE,
      deletionProtection: true,
      removalPolicy: RemovalPolicy.RETAIN,
    });
    for (const index of TABLE_DEFINITION.indexes) {
      this.table.addGlobalSecondaryIndex({
        indexName: index.name,
        partitionKey: text(index.partitionKey),
        sortKey: text(index.sortKey),
        projectionType: ProjectionType.KEYS_ONLY,
      });
    }
  }
}

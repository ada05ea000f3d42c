import { INDEXES } from './range.ts';

/** The shape of the table, the same for CDK, for the embedded DynamoDB and for DynamoDB Local. */
export const TABLE_DEFINITION = {
  partitionKey: 'pk',
  sortKey: 'sk',
  timeToLiveAttribute: 'expires_at',
  /** Sparse, key-only indexes; all key attributes are strings. */
  indexes: INDEXES.map((name) => ({ name, partitionKey: `${name}pk`, sortKey: `${name}sk` })),
} as const;

/** `CreateTable`'s input, for the homes that make the table themselves. */
export function createTableInput(tableName: string) {
  const attribute = (AttributeName: string) => ({ AttributeName, AttributeType: 'S' as const });
  const keys = (hash: string, range: string) => [
    { AttributeName: hash, KeyType: 'HASH' as const },
    { AttributeName: range, KeyType: 'RANGE' as const },
  ];
  const { partitionKey, sortKey, indexes } = TABLE_DEFINITION;
  return {
    TableName: tableName,
    BillingMode: 'PAY_PER_REQUEST' as const,
    KeySchema: keys(partitionKey, sortKey),
    AttributeDefinitions: [
      attribute(partitionKey),
      attribute(sortKey),
      ...indexes.flatMap((index) => [attribute(index.partitionKey), attribute(index.sortKey)]),
    ],
    GlobalSecondaryIndexes: indexes.map((index) => ({
      IndexName: index.name,
      KeySchema: keys(index.partitionKey, index.sortKey),
      Projection: { ProjectionType: 'KEYS_ONLY' as const },
    })),
  };
}

import { type AttributeValue, QueryCommand } from '@aws-sdk/client-dynamodb';
import type { Key } from './key.ts';
import { beginning, fitted, PARTITION_KEY_BYTES, SORT_KEY_BYTES } from './key-limits.ts';

/** The overloaded secondary indexes; all project keys only, so a change of the document costs no index write. */
export const INDEXES = ['ix1', 'ix2', 'ix3', 'ix4', 'ix5', 'ix6', 'ix7', 'ix8'] as const;
export type IndexName = (typeof INDEXES)[number];

export interface Range {
  /** The base table when absent. */
  readonly index?: IndexName;
  readonly pk: string;
  /** Inclusive bounds of the sort key, or a prefix. */
  readonly from?: string;
  readonly to?: string;
  readonly prefix?: string;
  readonly descending?: boolean;
  readonly limit?: number;
  readonly after?: Cursor;
}

/** A place in a list: the key attributes after which the next page starts. */
export type Cursor = Record<string, AttributeValue>;

/** The query of a range; whole items without `attributes`. Items are read consistently, indexes cannot be. */
export function queryOf(tableName: string, range: Range, attributes?: readonly string[]): QueryCommand {
  const { pkName, skName } = keyNames(range.index);
  const values: Record<string, AttributeValue> = { ':pk': { S: fitted(range.pk, PARTITION_KEY_BYTES) } };
  let condition = `${pkName} = :pk`;
  if (range.prefix !== undefined) {
    condition += ` AND begins_with(${skName}, :prefix)`;
    values[':prefix'] = bound(range.prefix);
  } else if (range.from !== undefined && range.to !== undefined) {
    condition += ` AND ${skName} BETWEEN :from AND :to`;
    values[':from'] = bound(range.from);
    values[':to'] = bound(range.to);
  } else if (range.from !== undefined) {
    condition += ` AND ${skName} >= :from`;
    values[':from'] = bound(range.from);
  } else if (range.to !== undefined) {
    condition += ` AND ${skName} <= :to`;
    values[':to'] = bound(range.to);
  }
  return new QueryCommand({
    TableName: tableName,
    IndexName: range.index,
    KeyConditionExpression: condition,
    ExpressionAttributeValues: values,
    ScanIndexForward: !range.descending,
    Limit: range.limit,
    ExclusiveStartKey: range.after,
    ConsistentRead: range.index === undefined,
    ReturnConsumedCapacity: 'TOTAL',
    ...(attributes && { ProjectionExpression: attributes.join(', ') }),
  });
}

/** The same, asking only how many there are. */
export function countOf(tableName: string, range: Range): QueryCommand {
  return new QueryCommand({ ...queryOf(tableName, range).input, Select: 'COUNT' });
}

export function keyNames(index: IndexName | undefined): { pkName: string; skName: string } {
  return index ? { pkName: `${index}pk`, skName: `${index}sk` } : { pkName: 'pk', skName: 'sk' };
}

export function marshalKey(key: Key): Record<string, AttributeValue> {
  return { pk: { S: fitted(key.pk, PARTITION_KEY_BYTES) }, sk: { S: fitted(key.sk, SORT_KEY_BYTES) } };
}

/** A range that ends before it begins; DynamoDB refuses to be asked for it. */
export const isEmpty = ({ from, to }: Range): boolean => from !== undefined && to !== undefined && from > to;

/** A bound of a range of sort keys; no key is longer. */
const bound = (text: string): AttributeValue => ({ S: beginning(text, SORT_KEY_BYTES) });

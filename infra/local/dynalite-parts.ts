import { createRequire } from 'node:module';

/** A request or an item as DynamoDB's JSON protocol has it. */
export type Json = Record<string, unknown>;
export type Callback<T = unknown> = (error: unknown, value?: T) => void;

interface Level {
  open(): Promise<void>;
  close(): Promise<void>;
  getSync(key: string): Json | undefined;
  batch(operations: LevelWrite[], callback: Callback): void;
  values(options: Json): { nextv(size: number): Promise<Json[]>; close(): Promise<void> };
}
export type LevelWrite = { type: 'put'; key: string; value: Json } | { type: 'del'; key: string };

export interface Schema {
  readonly TableName: string;
  readonly TableStatus: string;
  readonly GlobalSecondaryIndexes?: IndexSchema[];
}
export interface IndexSchema {
  readonly IndexName: string;
  readonly KeySchema: readonly { readonly AttributeName: string }[];
}
export interface Store {
  readonly db: Level;
  getTable(name: string, ...rest: [Callback<Schema>] | [checkStatus: boolean, callback: Callback<Schema>]): void;
  getItemDb(name: string): { lock(key: string, work: (release: (callback: Callback) => Callback) => void): void };
}
/** Keys within a list, as LevelDB takes them. */
export interface KeyRange {
  readonly reverse?: boolean;
  readonly gt?: string;
  readonly gte?: string;
  readonly lt?: string;
  readonly lte?: string;
}
export interface Request extends Json {
  readonly TableName: string;
  readonly Key?: Json;
  readonly Item?: Json;
  readonly IndexName?: string;
  readonly Limit?: number;
  readonly Select?: string;
  readonly ConsistentRead?: boolean;
  readonly _filter?: { readonly expression: unknown };
  readonly _projection?: { readonly paths: unknown };
  readonly AttributesToGet?: unknown;
  readonly ReturnConsumedCapacity?: string;
  readonly RequestItems?: Record<string, { Keys: Json[]; ConsistentRead?: boolean }>;
}

/** What of dynalite is used: its checks of requests, its expressions, its keys and its reckoning of capacity. */
interface Dynalite {
  create(options: Json): Store;
  createKey(item: Json, table: Schema): string;
  validateKey(key: Json, table: Schema): unknown;
  validateItem(item: Json, table: Schema): unknown;
  validationError(message: string): unknown;
  checkConditional(request: Request, existing: Json | undefined): unknown;
  addConsumedCapacity(request: Request, isRead: boolean, item?: Json, other?: Json): unknown;
  itemSize(item: Json): number;
  getIndexActions(
    indexes: unknown[],
    existing: Json | undefined,
    item: Json | undefined,
    table: Schema,
  ): { puts: { index: string; key: string; item: Json }[]; deletes: { index: string; key: string }[] };
  matchesExprFilter(item: Json, expression: unknown): boolean;
  mapPaths(paths: unknown, item: Json): Json;
  queryTable(...given: QueryArguments): void;
}
export type QueryArguments = [
  store: Store,
  table: Schema,
  request: Request,
  range: KeyRange,
  isLocal: boolean,
  fetchItems: boolean,
  startKeyNames: string[],
  done: Callback,
];
export type Action = (store: Store, request: Request, done: Callback) => void;
interface Validations {
  checkTypes(request: Json, types: unknown): Request;
  checkValidations(request: Request, types: unknown, custom: unknown, store: Store): void;
}

export const load = createRequire(import.meta.url);
export const dynalite = load('dynalite/db') as Dynalite;
export const validations = load('dynalite/validations') as Validations;

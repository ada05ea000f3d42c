import type { Worker } from 'node:worker_threads';
import {
  type AttributeValue,
  BatchGetItemCommand,
  ConditionalCheckFailedException,
  CreateTableCommand,
  DeleteItemCommand,
  DescribeTableCommand,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  ResourceNotFoundException,
  ScanCommand,
} from '@aws-sdk/client-dynamodb';
import type { Engine, Operation } from './database-engine.ts';

/** What goes to the engine's thread, several at a time: an operation with its request as JSON; the answer bears its number. */
export type EngineCall = readonly [id: number, operation: Operation, request: string];
export type EngineReply = readonly [id: number, ok: boolean, body: string];

/** Asks an engine; requests and answers are JSON. */
export type AskEngine = (operation: Operation, request: string) => Promise<{ ok: boolean; body: string }>;
export type EngineClient = Pick<DynamoDBClient, 'send'>;

/** By class, for a bundle gives classes other names. */
const OPERATIONS = new Map<unknown, Operation>([
  [BatchGetItemCommand, 'batchGetItem'],
  [CreateTableCommand, 'createTable'],
  [DeleteItemCommand, 'deleteItem'],
  [DescribeTableCommand, 'describeTable'],
  [GetItemCommand, 'getItem'],
  [PutItemCommand, 'putItem'],
  [QueryCommand, 'query'],
  [ScanCommand, 'scan'],
]);

type Body = Record<string, unknown>;

/**
 * The SDK's client for an embedded engine: takes the same commands and throws the same errors, without the SDK's signatures,
 * retries and HTTP, which took more of the home's time than all its own work (decision 050).
 */
export function engineClient(ask: AskEngine): EngineClient {
  const send = async (command: { readonly input: object }): Promise<Body> => {
    const operation = OPERATIONS.get(command.constructor);
    if (!operation) throw new Error(`The embedded database has no ${command.constructor.name}.`);
    const { ok, body } = await ask(operation, toJson(command.input));
    if (!ok) throw toSdkError(JSON.parse(body));
    return withBytes(JSON.parse(body));
  };
  return { send } as unknown as EngineClient;
}

/** An engine in this thread. */
export function askHere(engine: Engine): AskEngine {
  return async (operation, request) => {
    const { ok, body } = await engine.answer(operation, JSON.parse(request));
    return { ok, body: JSON.stringify(body) };
  };
}

/**
 * The engine of `database-worker.ts`. What is asked in one turn goes in one message: a list asks dozens of partitions at once.
 * What is under way when the thread ends is rejected.
 */
export function askWorker(worker: Worker): AskEngine {
  const asked = new Map<number, PromiseWithResolvers<{ ok: boolean; body: string }>>();
  let waiting: EngineCall[] = [];
  let calls = 0;
  let ended: Error | null = null;
  const end = (error: Error) => {
    ended ??= error;
    for (const { reject } of asked.values()) reject(ended);
    asked.clear();
  };
  const send = () => {
    worker.postMessage(waiting);
    waiting = [];
  };
  worker.on('message', (message: readonly EngineReply[] | 'listening') => {
    if (message === 'listening') return;
    for (const [id, ok, body] of message) {
      asked.get(id)?.resolve({ ok, body });
      asked.delete(id);
    }
  });
  worker.on('error', (error) => end(error as Error));
  worker.on('exit', () => end(new Error('The embedded database is closed.')));
  return async (operation, request) => {
    if (ended) throw ended;
    const call = Promise.withResolvers<{ ok: boolean; body: string }>();
    asked.set(++calls, call);
    if (waiting.length === 0) setImmediate(send);
    waiting.push([calls, operation, request]);
    return await call.promise;
  };
}

/** A request as JSON; bytes, which only a written item has, in base64. */
function toJson(input: { readonly Item?: Record<string, AttributeValue> }): string {
  if (!input.Item) return JSON.stringify(input);
  const attributes = Object.entries(input.Item).map(([name, value]) => [
    name,
    value.B ? { B: base64(value.B) } : value,
  ]);
  return JSON.stringify({ ...input, Item: Object.fromEntries(attributes) });
}

const base64 = (bytes: Uint8Array): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');

/** The answer's items with bytes for what the protocol spells in base64. */
function withBytes(body: Body): Body {
  const { Item, Items, Responses } = body as { Item?: Body; Items?: Body[]; Responses?: Record<string, Body[]> };
  for (const item of [Item ?? [], Items ?? [], Object.values(Responses ?? {}).flat()].flat()) {
    for (const value of Object.values(item) as { B?: unknown }[]) {
      if (typeof value.B === 'string') value.B = Buffer.from(value.B, 'base64');
    }
  }
  return body;
}

function toSdkError(body: Body): Error {
  const { __type, message, Message } = body as { __type?: string; message?: string; Message?: string };
  const name = __type?.slice(__type.indexOf('#') + 1) ?? 'UnknownError';
  const given = { message: message ?? Message ?? name, $metadata: {} };
  if (name === 'ConditionalCheckFailedException') return new ConditionalCheckFailedException(given);
  if (name === 'ResourceNotFoundException') return new ResourceNotFoundException(given);
  return Object.assign(new Error(given.message), { name });
}

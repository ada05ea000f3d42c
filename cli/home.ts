import { existsSync } from 'node:fs';
import path from 'node:path';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { v7 } from 'uuid';
import { TerminalError } from '../shared/domain/errors.ts';
import type { Clock } from '../shared/ports/clock.ts';
import { createStore, type Store } from '../shared/store/store.ts';
import { Table } from '../shared/store/table.ts';
import { stackOutputs } from './stack-outputs.ts';

/** A home's store, opened from the outside. */
export interface OpenedHome {
  readonly store: Store;
  readonly clock: Clock;
  /** For sentences: "the stack pushpool". */
  readonly place: string;
  close(): Promise<void>;
}

const clock: Clock = { now: () => new Date(), newId: () => v7() };

/** Opens the stack in AWS, or a local home's data folder. Throws `TerminalError` with what to do when it cannot be found. */
export function openHome(where: { readonly stack?: string; readonly data?: string }): Promise<OpenedHome> {
  return where.data === undefined ? openStack(where.stack ?? 'pushpool') : openFolder(path.resolve(where.data));
}

async function openStack(name: string): Promise<OpenedHome> {
  const place = `the stack ${name}`;
  const table = (await stackOutputs(name)).get('TableName');
  if (!table) throw new TerminalError('no-stack', `${place} has no output TableName: it is not a pushpool stack.`);
  const client = new DynamoDBClient({});
  return { store: createStore(new Table(client, table)), clock, place, close: async () => client.destroy() };
}

async function openFolder(folder: string): Promise<OpenedHome> {
  if (!existsSync(folder))
    throw new TerminalError('no-folder', `There is no data folder ${folder}. Name it with --data.`);
  const { lockDataFolder } = await import('../infra/local/data-folder-lock.ts');
  const { startDatabase } = await import('../infra/local/database.ts');
  const lock = lockFolder(lockDataFolder, folder);
  const database = await startDatabase(path.join(folder, 'dynamodb'), {
    onFailure: (error) => {
      throw error;
    },
  });
  const place = `the data folder ${folder}`;
  return {
    store: createStore(database.table),
    clock,
    place,
    close: async () => {
      await database.close();
      lock.release();
    },
  };
}

/** A running home keeps its folder to itself. */
function lockFolder<Lock>(lock: (folder: string) => Lock, folder: string): Lock {
  try {
    return lock(folder);
  } catch (error) {
    throw new TerminalError('folder-in-use', (error as Error).message, { cause: error });
  }
}

import { notFound } from '../../domain/errors.ts';
import type { WorkPool } from '../../domain/work-pool.ts';
import type { App } from '../app.ts';

/** The stored pool. Throws 404. */
export async function readWorkPoolByName(app: App, name: string): Promise<WorkPool> {
  const pool = await app.store.workPools.getByName(name);
  if (!pool) throw notFound(`Work pool "${name}" not found.`);
  return pool;
}

import type { SweepReport } from '../domain/sweep-report.ts';
import { keys } from './keys.ts';
import type { Table } from './table.ts';

const keyOf = (poolId: string) => keys.below('workPool', poolId, 'SWEEP');

/** The last report of each pool's sweep. */
export const readSweepReport = async (table: Table, poolId: string): Promise<SweepReport | null> =>
  (await table.get<SweepReport>(keyOf(poolId)))?.doc ?? null;

export async function writeSweepReport(table: Table, poolId: string, report: SweepReport): Promise<void> {
  await table.put<SweepReport>({ key: keyOf(poolId), doc: report });
}

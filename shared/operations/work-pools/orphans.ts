import type { SweepReport } from '../../domain/sweep-report.ts';
import { readSweepReport } from '../../store/sweep-reports.ts';
import type { App } from '../app.ts';

export interface OrphansOfPool extends Omit<SweepReport, 'settled_before'> {
  readonly work_pool_name: string;
}

/** What the last sweep of each pool found, by name of the pool; pools that never ran anything are left out. */
export async function readOrphans(app: App): Promise<OrphansOfPool[]> {
  const reports: OrphansOfPool[] = [];
  for await (const pool of app.store.workPools.list()) {
    const report = await readSweepReport(app.store.table, pool.id);
    if (report) reports.push({ work_pool_name: pool.name, at: report.at, findings: report.findings });
  }
  return reports;
}

import type { FlowRun } from '../../../shared/api/client/flow-runs.ts';
import { isTerminal } from '../../../shared/domain/states.ts';
import type { Output } from '../../output/output.ts';
import { details } from '../../output/table.ts';
import { duration, relative } from '../../output/times.ts';

/** A run for people. */
export function showRun(run: FlowRun, flowName: string | null, now: Date): Promise<string> {
  return details({
    Name: run.name,
    Flow: flowName,
    State: run.state_name ?? '-',
    Message: run.state?.message ?? null,
    Expected: run.expected_start_time && `${relative(run.expected_start_time, now)} (${run.expected_start_time})`,
    Started: run.start_time && `${relative(run.start_time, now)} (${run.start_time})`,
    Took: run.start_time && duration(run.estimated_run_time),
    'Work pool': run.work_pool_name,
    Infrastructure: run.infrastructure_pid,
    Parameters: Object.keys(run.parameters).length > 0 ? run.parameters : null,
    'Job variables': Object.keys(run.job_variables ?? {}).length > 0 ? run.job_variables : null,
    Tags: run.tags.length > 0 ? run.tags : null,
    'Created by': run.created_by?.display_value ?? null,
    Attempts: run.run_count > 1 ? String(run.run_count) : null,
    Id: run.id,
  });
}

/** The name of a state in its colour: green is good, red is not, yellow waits for somebody. */
export function colored({ colors }: Output, run: Pick<FlowRun, 'state_type' | 'state_name'>): string {
  const name = run.state_name ?? '-';
  if (run.state_type === 'COMPLETED') return colors.green(name);
  if (run.state_type === 'PAUSED' || run.state_type === 'CANCELLING') return colors.yellow(name);
  if (isTerminal(run.state_type)) return colors.red(name);
  return run.state_type === 'RUNNING' ? colors.blue(name) : name;
}

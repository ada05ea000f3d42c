import type { Client } from '../../shared/api/client/client.ts';
import type { FlowRun } from '../../shared/api/client/flow-runs.ts';
import { isPushPool } from '../../shared/domain/work-pool.ts';
import { relative } from '../output/times.ts';
import { type Finding, ok, problem, warning } from './check.ts';

/** Longer than a submit takes. */
const SUBMIT_SECONDS = 120;
const MOST = 200;

/** Runs of push pools that stand still: due and not started, or said to run without a container. */
export async function checkRuns(client: Client, now: Date): Promise<Finding[]> {
  const pools = (await client.workPools.list()).filter(({ type, is_paused }) => isPushPool(type) && !is_paused);
  if (pools.length === 0) return [];
  const work_pools = { name: { any_: pools.map(({ name }) => name) } };
  const before = new Date(now.getTime() - SUBMIT_SECONDS * 1000).toISOString();
  const [running, late] = await Promise.all([
    client.flowRuns.filter(
      { work_pools, flow_runs: { state: { type: { any_: ['RUNNING', 'PENDING', 'CANCELLING'] } } } },
      MOST,
    ),
    client.flowRuns.filter(
      {
        work_pools,
        flow_runs: { state: { name: { any_: ['Late'] } }, next_scheduled_start_time: { before_: before } },
      },
      MOST,
    ),
  ]);
  const lost = running.filter((run) => run.infrastructure_pid === null && (run.state?.timestamp ?? before) < before);
  return [withoutContainers(lost, now), lateRuns(late)];
}

function withoutContainers(runs: readonly FlowRun[], now: Date): Finding {
  const [first] = runs;
  if (!first) return ok('Running runs', 'each has its container');
  const found = `${runs.length} said to be ${first.state_name} without a container; the first, ${first.name}, since ${relative(first.state?.timestamp, now)}`;
  return problem(
    'Running runs',
    found,
    `Look at it (pushpool flow-run inspect ${first.id}), and end it: pushpool flow-run cancel ${first.id}`,
  );
}

function lateRuns(runs: readonly FlowRun[]): Finding {
  const [first] = runs;
  if (!first) return ok('Due runs', 'none is late');
  const remedy = `See what it waits for: pushpool flow-run inspect ${first.id}. A limit or a full queue holds runs back; \`pushpool concurrency-limit ls\` shows limits.`;
  return warning(
    'Due runs',
    `${runs.length} late by more than ${SUBMIT_SECONDS / 60} minutes, first ${first.name}`,
    remedy,
  );
}

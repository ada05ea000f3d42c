import type { Client } from '../../shared/api/client/client.ts';
import type { OrphansOfPool } from '../../shared/api/client/server.ts';
import type { ContainerFinding, PlaceFinding, RunFinding } from '../../shared/domain/sweep-report.ts';
import { absent } from '../absent.ts';
import { relative } from '../output/times.ts';
import { type Finding, ok, problem, warning } from './check.ts';

/** What the sweeps found: containers without a live run, runs that nobody worked for. Servers without sweeps have none. */
export async function checkOrphans(client: Client, now: Date): Promise<Finding[]> {
  const pools = (await client.server.orphans().catch(absent)) ?? [];
  return pools.flatMap((pool) => ofPool(pool, now));
}

function ofPool({ work_pool_name, at, findings }: OrphansOfPool, now: Date): Finding[] {
  const name = `Containers of ${work_pool_name}`;
  const containers = findings.filter((finding): finding is ContainerFinding => 'pid' in finding);
  const found: Finding[] = [
    ...containers.filter(({ gone_at }) => gone_at === null).map((one) => here(name, one, now)),
    ...findings.filter((finding) => finding.kind === 'not-looked').map((place) => notLooked(name, place)),
    ...findings.filter((finding) => finding.kind === 'revived').map((run) => revived(name, run, now)),
  ];
  if (found.length > 0) return found;
  const gone = containers.length;
  const mended =
    gone > 0 ? `; ${gone === 1 ? 'one' : gone} that no run needed ${gone === 1 ? 'was' : 'were'} stopped` : '';
  return [ok(name, `each belongs to a run, as of ${relative(at, now)}${mended}`)];
}

function here(name: string, { kind, pid, flow_run_id, since }: ContainerFinding, now: Date): Finding {
  if (kind === 'unknown') {
    return warning(
      name,
      `${pid} says it is of flow run ${flow_run_id}, which this home does not know; seen since ${relative(since, now)}`,
      "If no other pushpool runs there, stop it in the cloud's console; this line goes with the next sweep.",
    );
  }
  if (kind === 'left') {
    return warning(
      name,
      `${pid} of flow run ${flow_run_id} has ended and could not be deleted; seen since ${relative(since, now)}`,
      "The log of the pool's target function says why. Delete it in the cloud's console, or let the pool's credentials do it.",
    );
  }
  return problem(
    name,
    `${pid} belongs to no live attempt of flow run ${flow_run_id} and was told to stop ${relative(since, now)}`,
    "It is asked again every 15 minutes for a day. If it stays, stop it in the cloud's console.",
  );
}

const notLooked = (name: string, { place, message }: PlaceFinding): Finding =>
  warning(
    name,
    `${place} could not be looked at: ${message}`,
    'The next sweep looks again; mend what it says if it stays.',
  );

const revived = (name: string, { flow_run_id, since }: RunFinding, now: Date): Finding =>
  warning(
    name,
    `the execution of flow run ${flow_run_id} had ended before it; it was given a new one ${relative(since, now)}`,
    `See how it went on: pushpool flow-run inspect ${flow_run_id}. The execution in Step Functions says why it ended.`,
  );

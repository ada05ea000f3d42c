import type { FlowRunDocument } from '../shared/domain/flow-run-life.ts';
import { isTerminal } from '../shared/domain/states.ts';
import { keys } from '../shared/store/keys.ts';
import type { Simulation } from './simulation/simulation.ts';

/**
 * What holds whatever happens, once the faults are over and everything has come to rest. Each breach is a sentence; none is
 * the aim.
 */
export async function breaches(simulation: Simulation): Promise<string[]> {
  return [
    ...containersPerAttempt(simulation),
    ...containersLeft(simulation),
    ...(await Promise.all(simulation.runs.map((id) => breachesOfRun(simulation, id)))).flat(),
    ...(await slotsLeft(simulation)),
  ];
}

/** Never two containers for one attempt. */
function containersPerAttempt({ fake }: Simulation): string[] {
  const count = new Map<string, number>();
  for (const { at } of fake.containers()) {
    const attempt = `${at.flowRunId}/${at.attempt}`;
    count.set(attempt, (count.get(attempt) ?? 0) + 1);
  }
  return [...count]
    .filter(([, made]) => made > 1)
    .map(([attempt, made]) => `${made} containers for attempt ${attempt}`);
}

/** Every container is stopped or finished in the end. */
function containersLeft({ fake }: Simulation): string[] {
  const left = fake.containers().filter(({ phase }) => phase !== 'ended');
  return left.map(({ name, at }) => `container ${name} of ${at.flowRunId}/${at.attempt} was left alone`);
}

/** Every run is over, with a reason unless it completed, and nothing of it is left open. */
async function breachesOfRun({ home }: Simulation, id: string): Promise<string[]> {
  const doc = await home.app.store.flowRuns.get(id);
  if (!doc) return [];
  const { run, life } = doc;
  const found: string[] = [];
  if (!isTerminal(run.state_type)) found.push(`run ${id} is still ${run.state_name}`);
  else if (needsReason(doc) && !run.state?.message) found.push(`run ${id} is ${run.state_name} without a reason`);
  if (life.phase === 'open') found.push(`attempt ${life.attempt} of run ${id} is still open`);
  if (run.infrastructure_pid !== null) found.push(`run ${id} still shows its infrastructure`);
  for (let attempt = 1; attempt <= life.attempt; attempt++) {
    if (await home.app.store.table.get(keys.below('flowRun', id, `JOB#${attempt}`)))
      found.push(`the job of attempt ${attempt} of run ${id}, with its secrets, is still kept`);
  }
  return found;
}

/** Prefect gives none to a run that somebody cancelled before it had a container. */
const needsReason = ({ run, life }: FlowRunDocument): boolean =>
  run.state_type !== 'COMPLETED' && !(run.state_type === 'CANCELLED' && life.phase === 'waiting');

/** Every slot is released. */
async function slotsLeft({ home }: Simulation): Promise<string[]> {
  const { body } = await home.call('GET', '/work_pools/pool');
  // null without a limit
  return (body.active_slots ?? 0) === 0 ? [] : [`${body.active_slots} slots of the pool are still taken`];
}

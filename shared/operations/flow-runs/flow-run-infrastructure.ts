import type { FlowRunLife } from '../../domain/flow-run-life.ts';
import { executionName } from '../../ports/lifecycle-engine.ts';
import type { App } from '../app.ts';
import { partsOfOwner, type SlotOwnerKind } from '../concurrency/slot-owners.ts';
import { readFlowRunDocument } from './flow-runs.ts';

/** Where the container of a run's latest attempt is or was, how it ended, and what its executions were billed for. */
export interface FlowRunInfrastructure {
  /** Null for runs that a worker or a caller executes; then little else is known. */
  readonly pool_type: string | null;
  readonly attempt: number;
  /** Of the attempt's container, also after its end; null before it was submitted. */
  readonly pid: string | null;
  /** Names of the cloud that lead to it, by cloud: region, cluster, project, resource group and the like. */
  readonly place: Readonly<Record<string, string>>;
  /** When the container was made. */
  readonly submitted: string | null;
  readonly ended: {
    readonly at: string;
    readonly phase: string;
    readonly exit_code: number | null;
    readonly cause: string | null;
    readonly message: string;
  } | null;
  /** Attempts that were made because the cloud failed, not the flow. */
  readonly infrastructure_retries: number;
  /** Whose slot, or end of a pause, the run waits for. */
  readonly waits_for: { readonly kind: SlotOwnerKind; readonly id: string } | null;
  /** Executions whose history is still kept (90 days), and what they were billed for; transitions as counted, null when none is kept. */
  readonly executions: number;
  readonly transitions: number | null;
}

/** What may be shown of a container's place; the rest tells credentials apart. */
const SHOWN = new Set([
  ...['region', 'cluster', 'task', 'log_group', 'log_region'],
  ...['subscriptionId', 'resourceGroup', 'group'],
  ...['project', 'job', 'execution'],
  ...['app', 'environment', 'sandbox_id'],
]);
/** A run that was restarted more often than this is counted from there. */
const MOST_EXECUTIONS = 20;

/** Reads the run, and the history of each of its executions. Throws 404. */
export async function readFlowRunInfrastructure(app: App, id: string): Promise<FlowRunInfrastructure> {
  const { life } = await readFlowRunDocument(app, id);
  const { ref, ended, slotWait } = life;
  return {
    pool_type: life.push,
    attempt: life.attempt,
    pid: ref?.pid ?? null,
    place: Object.fromEntries(Object.entries(ref?.key ?? {}).filter(([name]) => SHOWN.has(name))),
    submitted: life.submitted ?? null,
    ended: ended && { ...pick(ended), exit_code: ended.exitCode },
    infrastructure_retries: life.infrastructureRetries,
    waits_for: slotWait && partsOfOwner(slotWait.owner),
    ...(life.push === null ? { executions: 0, transitions: null } : await count(app, id, life)),
  };
}

const pick = ({ at, phase, cause, message }: NonNullable<FlowRunLife['ended']>) => ({ at, phase, cause, message });

/** Goes back from the present generation; the one before worked for the same attempt or for the one before that. */
async function count(
  app: App,
  id: string,
  life: FlowRunLife,
): Promise<Pick<FlowRunInfrastructure, 'executions' | 'transitions'>> {
  const counted: number[] = [];
  let { attempt } = life;
  const last = Math.max(1, life.generation - MOST_EXECUTIONS + 1);
  for (let generation = life.generation; generation >= last; generation--) {
    for (const candidate of [attempt, attempt - 1].filter((number) => number > 0)) {
      const name = executionName({ contract: 1, flow_run_id: id, attempt: candidate, generation });
      const transitions = await app.engine.transitions(name);
      if (transitions === null) continue;
      counted.push(transitions);
      attempt = candidate;
      break;
    }
  }
  const transitions = counted.length === 0 ? null : counted.reduce((sum, one) => sum + one, 0);
  return { executions: counted.length, transitions };
}

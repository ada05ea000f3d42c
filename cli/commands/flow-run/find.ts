import type { Client } from '../../../shared/api/client/client.ts';
import type { FlowRun } from '../../../shared/api/client/flow-runs.ts';
import { Failure } from '../../errors.ts';

const UUID = /^[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}$/i;

/** A run by its id or, as people see names, by its name: the newest of that name. Throws `Failure` when there is none. */
export async function findRun(client: Client, idOrName: string): Promise<FlowRun> {
  if (UUID.test(idOrName)) return client.flowRuns.read(idOrName);
  const filter = { flow_runs: { name: { any_: [idOrName] } }, sort: 'EXPECTED_START_TIME_DESC' as const };
  const [newest] = await client.flowRuns.filter(filter, 1);
  if (!newest) {
    throw new Failure(
      `There is no flow run with the id or name "${idOrName}". \`pushpool flow-run ls\` lists what there is.`,
    );
  }
  return newest;
}

import type { CloudUnderTest } from '../fakes/cloud-under-test.ts';
import { flow, Simulation } from './simulation.ts';

/** What the simulation also counts and that is no call of the cloud. */
const OURS = /^(table|engine|timers) /;

/**
 * The requests that leave for a cloud because of one run that goes well, by name: submitted, watched for as long as it runs, seen to
 * its end, cleaned up. In warm functions, in a pool whose first run has made what is made once.
 */
export async function cloudCallsOfRun(cloud: CloudUnderTest, seconds = 30): Promise<string[]> {
  const simulation = await Simulation.start(cloud, {
    warm: true,
    // else ECS registers a definition for each run, as the pool of the fake asks
    jobVariables: { auto_deregister_task_definition: false },
  });
  try {
    for (let run = 0; ; run++) {
      simulation.killer.calls.length = 0;
      const id = await simulation.create(flow(seconds));
      await simulation.untilOver();
      await simulation.go(180); // the watch goes to rest
      const state = await simulation.state(id);
      if (state.type !== 'COMPLETED') throw new Error(`${cloud.name}: ${state.type}, ${state.message}`);
      if (run > 0) return simulation.killer.calls.filter((label) => !OURS.test(label));
    }
  } finally {
    await simulation.close();
  }
}

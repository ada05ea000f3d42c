import type { CloudUnderTest } from '../fakes/cloud-under-test.ts';
import { breaches } from '../invariants.ts';
import type { Kill } from './kill.ts';
import { type Behaviour, Simulation, type SimulationOptions } from './simulation.ts';

/** One story of a run, told again and again with its functions killed at another place each time. */
export interface Story {
  readonly name: string;
  readonly behaviour: Behaviour;
  /** What happens meanwhile, e.g. a cancel. */
  readonly meanwhile?: (simulation: Simulation, id: string) => Promise<void>;
  /** The states in which the run may end. */
  readonly ends: readonly string[];
  readonly options?: SimulationOptions;
}

/**
 * Kills the functions of a story at every awaited call, before and after its effect, one place a telling. Every breach of the
 * invariants is a sentence with its place; `every` leaves places out (1 tells all).
 */
export async function killEverywhere(cloud: CloudUnderTest, story: Story, every = 1): Promise<string[]> {
  const simulation = await Simulation.start(cloud, story.options);
  const found: string[] = [];
  try {
    // Told once to make what is made once (task definitions, the watch's item), then to count.
    found.push(...(await tell(simulation, story, null)));
    found.push(...(await tell(simulation, story, null)));
    const calls = [...simulation.killer.calls];
    for (let at = 1; at <= calls.length; at++) {
      if (at % every !== 0) continue;
      for (const when of ['before', 'after'] as const) {
        const told = await tell(simulation, story, { at, when });
        found.push(...told.map((breach) => `killed ${when} ${at} ${calls[at - 1]}: ${breach}`));
      }
    }
  } finally {
    await simulation.close();
  }
  return found;
}

async function tell(simulation: Simulation, story: Story, kill: Kill | null): Promise<string[]> {
  simulation.runs.length = 0;
  simulation.killer.calls.length = 0;
  simulation.killer.kill = kill;
  const id = await simulation.create(story.behaviour);
  if (story.meanwhile) {
    await simulation.go(60);
    await story.meanwhile(simulation, id);
  }
  await simulation.untilOver();
  simulation.killer.kill = null;
  await simulation.go(180); // the watch goes to rest, so that each telling begins alike
  const { type } = await simulation.state(id);
  const ended = story.ends.includes(type) ? [] : [`ended ${type}`];
  return [...ended, ...(await breaches(simulation))];
}

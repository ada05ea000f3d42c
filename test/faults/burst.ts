import { parseArgs } from 'node:util';
import { ecsCloudWith, type FakeEcs } from '../fakes/ecs/ecs-cloud.ts';
import { breaches } from '../invariants.ts';
import { flow, Simulation } from '../simulation/simulation.ts';

export interface Burst {
  readonly completed: number;
  readonly definitions: number;
  /** Requests that ECS refused as too fast. */
  readonly refused: number;
  /** From the second they were due to the last one's container. */
  readonly seconds: number;
  readonly breaches: readonly string[];
}

/** So many runs of one deployment due in the same second, in an account that takes `RunTask` at this rate (AWS: 20 a second, 100 at once). */
export async function burst(runs: number, perSecond: number): Promise<Burst> {
  let fake: FakeEcs | undefined;
  const rates = { RunTask: { burst: 5 * perSecond, perSecond }, RegisterTaskDefinition: { burst: 5, perSecond: 1 } };
  const simulation = await Simulation.start(
    ecsCloudWith(rates, (made) => (fake = made)),
    // else the definition goes with the run that registered it, as the pool then asks
    { jobVariables: { auto_deregister_task_definition: false } },
  );
  try {
    const due = simulation.clockwork.now().getTime();
    const ids = [];
    for (let n = 0; n < runs; n++) ids.push(await simulation.create(flow(30)));
    await simulation.untilOver(2 * 3600);
    let completed = 0;
    for (const id of ids) if ((await simulation.state(id)).type === 'COMPLETED') completed++;
    const last = Math.max(...fake!.tasks.all.map(({ createdAt }) => createdAt));
    return {
      completed,
      definitions: fake!.definitions.all.length,
      refused: fake!.rates.refused,
      seconds: (last - due) / 1000,
      breaches: await breaches(simulation),
    };
  } finally {
    await simulation.close();
  }
}

/** `node test/faults/burst.ts [--runs 500]` */
if (import.meta.main) {
  const { values } = parseArgs({ options: { runs: { type: 'string', default: '500' } } });
  const runs = Number(values.runs);
  const outcome = await burst(runs, 20);
  console.log(outcome);
  process.exitCode = outcome.completed === runs && outcome.breaches.length === 0 && outcome.definitions === 1 ? 0 : 1;
}

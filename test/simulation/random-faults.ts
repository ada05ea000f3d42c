import { type CloudUnderTest, FAULTS, type Fault, type FaultKind, OPERATIONS } from '../fakes/cloud-under-test.ts';
import { breaches } from '../invariants.ts';
import { type Behaviour, type Delivery, dies, exits, flow, plain, Simulation } from './simulation.ts';

/** mulberry32: the same seed tells the same story. */
function randomOf(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

const BEHAVIOURS: Behaviour[] = [
  flow(),
  flow(120),
  flow(20, { type: 'FAILED', message: 'the flow failed' }),
  plain(exits(0)),
  plain(exits(1)),
  plain({ kind: 'spot' }),
  dies(exits(137)),
  dies({ kind: 'vanish' }),
  dies({ kind: 'host' }),
];
const DELIVERIES: Delivery[] = ['at-once', 'never', 'twice', 'late'];
const WAITS_FOR_SOMEBODY = 'credentials';
/** A cloud that refuses a request in so many words has not done it (targets.md 5.3). */
const HAPPENS_AFTER: ReadonlySet<FaultKind> = new Set<FaultKind>(['server-error', 'reset']);

/** Five faults may meet one clean-up, which waits as long again after each, from the sweep on that revived the run. */
const LONGEST_SECONDS = 20 * 3600;

/** Somebody stops the execution of a run by hand; when nobody tells of it, one whose attempt is open is found by the sweep. */
async function stopExecutionOf(simulation: Simulation, id: string): Promise<void> {
  const { phase } = (await simulation.doc(id)).life;
  await simulation.stopExecution(id, phase === 'open' ? simulation.delivery : 'at-once');
}

/**
 * One random story: a few runs that behave, faults of the cloud, functions killed, perhaps a cancel, perhaps
 * an execution stopped by hand. What breaches the
 * invariants once all is at rest, as sentences.
 */
export async function randomStory(cloud: CloudUnderTest, seed: number): Promise<string[]> {
  const random = randomOf(seed);
  const among = <T>(items: readonly T[]): T => items[Math.floor(random() * items.length)]!;
  const simulation = await Simulation.start(cloud, { delivery: among(DELIVERIES) });
  try {
    for (let count = Math.floor(random() * 6); count > 0; count--) {
      const fault: Fault = {
        on: among(OPERATIONS),
        do: among(FAULTS.filter((kind) => kind !== WAITS_FOR_SOMEBODY)),
        when: random() < 0.5 ? 'before' : 'after',
        times: 1 + Math.floor(random() * 3),
      };
      simulation.fake.fault(HAPPENS_AFTER.has(fault.do) ? fault : { ...fault, when: 'before' });
    }
    if (random() < 0.5) {
      simulation.killer.kill = { at: 1 + Math.floor(random() * 120), when: random() < 0.5 ? 'before' : 'after' };
    }
    if (random() < 0.1) simulation.fake.startupSeconds = Number.POSITIVE_INFINITY;
    const runs = [];
    for (let count = 1 + Math.floor(random() * 3); count > 0; count--)
      runs.push(await simulation.create(among(BEHAVIOURS)));
    await simulation.go(random() * 90);
    if (random() < 0.4) await simulation.setState(runs[0]!, { type: 'CANCELLING' });
    if (random() < 0.2) await stopExecutionOf(simulation, among(runs));
    await simulation.untilOver(LONGEST_SECONDS);
    return await breaches(simulation);
  } finally {
    await simulation.close();
  }
}

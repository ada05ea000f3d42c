import { expect } from 'vitest';
import { keys } from '../../shared/store/keys.ts';
import { inMemoryCloud } from '../fakes/in-memory-cloud.ts';
import { type Behaviour, flow, Simulation } from './simulation.ts';

export interface Limits {
  readonly pool?: number;
  readonly queue?: number;
  readonly deployment?: number;
  /** What the deployment does when it is full. @default 'ENQUEUE' */
  readonly strategy?: string;
}

export const QUEUE = '/work_pools/pool/queues/default';

/** A simulation whose pool, queue and deployment have limits. */
export async function startLimited(limits: Limits = {}) {
  const simulation = await Simulation.start(inMemoryCloud);
  const { body: deployments } = await simulation.home.call('POST', '/deployments/filter', {});
  const deployment = `/deployments/${deployments[0].id}`;
  const patch = async (path: string, body: unknown): Promise<void> => {
    const { status } = await simulation.home.call('PATCH', path, body);
    expect(status).toBeLessThan(300);
  };
  await patch('/work_pools/pool', { concurrency_limit: limits.pool ?? 50 });
  if (limits.queue !== undefined) await patch(QUEUE, { concurrency_limit: limits.queue });
  if (limits.deployment !== undefined) {
    await patch(deployment, {
      concurrency_limit: limits.deployment,
      concurrency_options: { collision_strategy: limits.strategy ?? 'ENQUEUE' },
    });
  }
  const names = (ids: readonly string[]): Promise<string[]> =>
    Promise.all(ids.map(async (id) => (await simulation.state(id)).name));
  return { simulation, deployment, patch, names };
}
export type Limited = Awaited<ReturnType<typeof startLimited>>;

/** Flows that note how many of them run at once, and in which order they began. */
export function counting() {
  const seen = { now: 0, most: 0, order: [] as string[] };
  const work =
    (seconds = 30): Behaviour =>
    async (container) => {
      seen.order.push(container.view.at.flowRunId);
      seen.most = Math.max(seen.most, ++seen.now);
      await flow(seconds)({
        ...container,
        after: (wait, next) =>
          container.after(wait, async () => {
            if (wait === seconds) seen.now--;
            await next();
          }),
      });
    };
  return { seen, work };
}

/** Owners that ever gave slots. */
export async function ownersOf({ home }: Simulation): Promise<string[]> {
  const pool = await home.call('GET', '/work_pools/pool');
  const limits = await home.call('POST', '/v2/concurrency_limits/filter', {});
  const ofLimits = limits.body.map(({ id }: { id: string }) => `LIMIT#${id}`);
  return [`POOL#${pool.body.id}`, `QUEUE#${pool.body.default_queue_id}`, ...ofLimits];
}

/** Slots and places in the order that nobody holds any more, and marks that nobody works off. */
export async function leftBehind(simulation: Simulation): Promise<string[]> {
  const { store } = simulation.home.app;
  const left: string[] = [];
  for (const owner of await ownersOf(simulation)) {
    for (const holder of await store.slots.holders(owner, simulation.clockwork.now()))
      left.push(`${owner}: ${holder.id}`);
    const waits = await store.table.query({ pk: keys.waits(owner, '').pk });
    left.push(...waits.items.map(({ key }) => `${key.pk} ${key.sk}`));
    if ((await store.slots.wakesOwed(owner)).some((wakes) => wakes > 0)) left.push(`${owner} owes a wake`);
  }
  return left;
}

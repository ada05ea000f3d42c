import fc from 'fast-check';
import { artifacts } from './artifacts.ts';
import { automations } from './automations.ts';
import { blocks } from './blocks.ts';
import { globalLimits, tagLimits } from './concurrency-limits.ts';
import { deployments, schedules } from './deployments.ts';
import type { Group } from './drawing.ts';
import { flows } from './flows.ts';
import { pages } from './pages.ts';
import { flowRuns, manyRuns, taskRuns, transitions } from './runs.ts';
import { variables } from './variables.ts';
import { queuesAndWorkers, workPools } from './work-pools.ts';
import type { Sequence } from './world.ts';

const flowsOnly: Group = { before: flows.before ?? [], operations: flows.operations };
const poolsOnly: Group = { before: workPools.before ?? [], operations: workPools.operations };

/** Which resources are played with together, and how often each is touched. */
export const WORLDS: Readonly<Record<string, readonly (readonly [weight: number, group: Group])[]>> = {
  runs: [
    [1, flows],
    [2, workPools],
    [3, deployments],
    [3, flowRuns],
    [4, transitions],
    [2, taskRuns],
  ],
  lists: [
    [1, flows],
    [1, workPools],
    [2, deployments],
    [2, flowRuns],
    [2, transitions],
    [1, taskRuns],
    [4, manyRuns],
  ],
  schedules: [
    [1, flowsOnly],
    [4, schedules],
  ],
  pools: [
    [3, workPools],
    [2, queuesAndWorkers],
  ],
  blocks: [[1, blocks]],
  limits: [
    [3, globalLimits],
    [2, tagLimits],
  ],
  artifacts: [
    [0, flowsOnly],
    [0, poolsOnly],
    [0, deployments],
    [1, flowRuns],
    [1, taskRuns],
    [6, artifacts],
  ],
  variables: [[1, variables]],
  automations: [[1, automations]],
  pages: [
    [0, flowsOnly],
    [0, poolsOnly],
    [0, deployments],
    [1, flowRuns],
    [6, pages],
  ],
};

/** Sequences of operations, sensible and senseless, over a small world, so that the operations meet; of these worlds, or of all. */
export function sequences(worlds: readonly string[] = Object.keys(WORLDS)): fc.Arbitrary<Sequence> {
  return fc.oneof(
    ...worlds.map((name) => {
      const parts = WORLDS[name]!;
      const operation = fc.oneof(
        ...parts
          .filter(([weight]) => weight > 0)
          .map(([weight, { operations }]) => ({ weight, arbitrary: operations })),
      );
      return fc.record({
        groups: fc.constant(parts.map(([, group]) => group)),
        steps: fc.array(operation, { minLength: 5, maxLength: 20, size: 'max' }),
      });
    }),
  );
}

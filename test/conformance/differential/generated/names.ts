import { aliased, pick } from './drawing.ts';

/** The names that the groups share, so that their operations meet. All begin with `zz-` or `zz_`: `inWorld` makes them a world's own. */
export const FLOW_NAMES = ['zz-flow0', 'zz-flow1'];
export const POOL_NAMES = ['zz-pool0', 'zz-pool1'];
export const QUEUE_NAMES = ['default', 'zz-queue0', 'zz-queue1'];
export const LIMIT_NAMES = ['zz-limit0', 'zz-limit1'];

export const flow = pick(...FLOW_NAMES);
export const pool = pick(...POOL_NAMES, 'zz-nowhere');
export const queue = pick(...QUEUE_NAMES);
export const runName = pick('zz-r0', 'zz-r1');

export const FLOWS = pick('$flow0', '$flow1');
export const DEPLOYMENTS = pick('$deployment0', '$deployment1');
export const RUNS = pick('$run0', '$run1', '$run2');
export const TASKS = pick('$task0', '$task1');
export const asFlow = aliased(FLOWS);
export const asDeployment = aliased(DEPLOYMENTS);
export const asRun = aliased(RUNS);
export const asTask = aliased(TASKS);

import { FakeEcs } from './ecs/ecs-cloud.ts';
import { type Moto, startMoto } from './moto.ts';

/** What tasks are run with: moto has each finished at once, so ours plays it. */
const OF_TASKS =
  /^ecs:(RunTask|ListTasks|DescribeTasks|StopTask|RegisterTaskDefinition|DescribeTaskDefinition|DeregisterTaskDefinition)$|^logs:GetLogEvents$/;

/** AWS as a whole under one address: accounts, networks and registries by moto, tasks by our own fake. */
export interface AwsCloud {
  readonly url: string;
  readonly ecs: FakeEcs;
  readonly moto: Moto;
  close(): Promise<void>;
}

/** `clusters`: those that tasks may be run in. */
export async function startAwsCloud(clusters: readonly string[]): Promise<AwsCloud> {
  const ecs = await new FakeEcs(() => new Date()).start();
  ecs.accessKeys.clear();
  for (const cluster of clusters) ecs.tasks.clusters.add(cluster);
  const moto = await startMoto((call) => (OF_TASKS.test(call) ? ecs.url : null));
  return {
    ...{ url: moto.endpoint, ecs, moto },
    async close() {
      moto.stop();
      await ecs.close();
    },
  };
}

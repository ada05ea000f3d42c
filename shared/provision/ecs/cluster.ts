import {
  type Cluster,
  CreateClusterCommand,
  DeleteClusterCommand,
  DescribeClustersCommand,
  ListTasksCommand,
} from '@aws-sdk/client-ecs';
import type { Resource } from '../resource.ts';
import { areOurs, type EcsContext, smallTags, unless } from './context.ts';

/** Where the tasks run, on Fargate and Fargate Spot. */
export const cluster: Resource<EcsContext, Cluster> = {
  id: 'cluster',
  line: ({ names }) => `Creating an ECS cluster for running Prefect flows: ${names['cluster']}`,
  progress: 'Provisioning ECS cluster',
  permissions: ['ecs:DescribeClusters', 'ecs:CreateCluster', 'ecs:TagResource', 'iam:CreateServiceLinkedRole'],
  async find({ ecs, names }) {
    const answer = await ecs.send(new DescribeClustersCommand({ clusters: [names['cluster']!], include: ['TAGS'] }));
    return answer.clusters?.find(({ status }) => status === 'ACTIVE') ?? null;
  },
  async create(context) {
    const answer = await context.ecs.send(
      new CreateClusterCommand({
        clusterName: context.names['cluster'],
        capacityProviders: ['FARGATE', 'FARGATE_SPOT'],
        tags: smallTags(context),
      }),
    );
    return answer.cluster!;
  },
  isOurs: (context, found) => areOurs(context, found.tags),
  async keptBecause({ ecs }, found) {
    const { taskArns = [] } = await ecs.send(new ListTasksCommand({ cluster: found.clusterArn, maxResults: 1 }));
    return taskArns.length > 0 ? 'tasks still run in it; cancel their flow runs first' : null;
  },
  async remove({ ecs }, found) {
    await unless(['ClusterNotFoundException'], () => ecs.send(new DeleteClusterCommand({ cluster: found.clusterArn })));
  },
};

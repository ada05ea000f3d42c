import type { Deployment } from '../domain/deployment.ts';
import { Collection } from './collection.ts';
import { keys, nameSort } from './keys.ts';
import { mergedIds } from './merged-list.ts';
import type { ItemWrite, Table } from './table.ts';

/** Deployments: unique by flow and name; listed by name, by flow and by work queue. */
export class DeploymentRepository extends Collection<Deployment> {
  constructor(table: Table) {
    super(table, {
      kind: 'deployment',
      uniqueName: deploymentKey,
      indexes: (deployment) => ({
        ix1: keys.list('deployment', nameSort(deployment)),
        ix2: keys.children('deployment', deployment.flow_id, nameSort(deployment)),
        ix3: deployment.work_queue_id ? keys.deploymentsOfQueue(deployment.work_queue_id, nameSort(deployment)) : null,
      }),
    });
  }

  /** The write of a deployment, marked while runs of changed schedules are still to follow (rule 2). */
  override write(deployment: Deployment): ItemWrite<Deployment> {
    return { ...super.write(deployment), pending: deployment.schedules_unsettled === true };
  }

  async getByFlowAndName(flowId: string, name: string): Promise<Deployment | null> {
    return this.getByName(deploymentKey({ flow_id: flowId, name }));
  }

  ofFlow(flowId: string): AsyncGenerator<Deployment> {
    return this.listFrom({ index: 'ix2', pk: keys.children('deployment', flowId, '').pk });
  }

  /** Reads keys only. */
  async countOfFlow(flowId: string): Promise<number> {
    const partitions = [keys.children('deployment', flowId, '').pk];
    let count = 0;
    for await (const ids of mergedIds(this.table, 'ix2', partitions, { batch: 1000 })) count += ids.length;
    return count;
  }

  ofQueue(queueId: string): AsyncGenerator<Deployment> {
    return this.listFrom({ index: 'ix3', pk: keys.deploymentsOfQueue(queueId, '').pk });
  }
}

export function deploymentRepository(table: Table): DeploymentRepository {
  return new DeploymentRepository(table);
}

/** The natural key of a deployment: its flow and its name. */
function deploymentKey({ flow_id, name }: Pick<Deployment, 'flow_id' | 'name'>): string {
  return `${flow_id}#${name}`;
}

import { describe, expect, it } from 'vitest';
import { consoleLink } from '../../ui/src/cloud-console.ts';

const task = (partition: string, region: string) => `arn:${partition}:ecs:${region}:123456789012:task/flows/0a1b2c`;

describe('the page of a container in the console of its cloud', () => {
  it.each([
    [
      'ecs:push',
      { task: task('aws', 'eu-central-1'), region: 'eu-central-1' },
      'https://eu-central-1.console.aws.amazon.com/ecs/v2/clusters/flows/tasks/0a1b2c?region=eu-central-1',
    ],
    [
      'ecs:push',
      { task: task('aws-cn', 'cn-north-1') },
      'https://cn-north-1.console.amazonaws.cn/ecs/v2/clusters/flows/tasks/0a1b2c?region=cn-north-1',
    ],
    [
      'azure-container-instance:push',
      { subscriptionId: 's', resourceGroup: 'my flows', group: 'flow-1' },
      'https://portal.azure.com/#resource/subscriptions/s/resourceGroups/my%20flows/providers/Microsoft.ContainerInstance/containerGroups/flow-1',
    ],
    [
      'cloud-run-v2:push',
      { project: 'p', region: 'us-central1', job: 'flow-1', execution: 'flow-1-a1' },
      'https://console.cloud.google.com/run/jobs/executions/details/us-central1/flow-1-a1/tasks?project=p',
    ],
    [
      'cloud-run:push',
      { project: 'p', region: 'us-central1', job: 'flow-1', execution: '' },
      'https://console.cloud.google.com/run/jobs/details/us-central1/flow-1/executions?project=p',
    ],
    ['modal:push', { sandbox_id: 'sb-1' }, 'https://modal.com/id/sb-1'],
  ])('of %s', (pool_type, place, link) => {
    expect(consoleLink({ pool_type, place })).toBe(link);
  });

  it('is none for a process, and none where too little is known', () => {
    expect(consoleLink({ pool_type: 'process:push', place: { region: 'x' } })).toBeNull();
    for (const pool_type of ['ecs:push', 'azure-container-instance:push', 'cloud-run-v2:push', 'modal:push'])
      expect(consoleLink({ pool_type, place: {} })).toBeNull();
  });
});

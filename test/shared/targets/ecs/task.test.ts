import { describe, expect, it } from 'vitest';
import { type EcsTask, observeTask } from '../../../../shared/targets/ecs/task.ts';
import type { Observation } from '../../../../shared/targets/target.ts';

const stopped = (stopCode: string, stoppedReason: string, container: object | null = {}): EcsTask => ({
  ...{ lastStatus: 'STOPPED', stopCode, stoppedReason, memory: '2048' },
  containers: container ? [{ name: 'prefect', ...container }] : [],
});
const essential = (container: object) =>
  stopped('EssentialContainerExited', 'Essential container in task exited', container);

describe('what an ECS task says about the container of a run (targets.md 2.1)', () => {
  it.each<[string, EcsTask, Partial<Observation>]>([
    ['is provisioning', { lastStatus: 'PROVISIONING', desiredStatus: 'RUNNING' }, { phase: 'provisioning' }],
    ['is pending', { lastStatus: 'PENDING' }, { phase: 'provisioning' }],
    [
      'is told to stop before it started',
      { lastStatus: 'PENDING', desiredStatus: 'STOPPED' },
      { phase: 'provisioning' },
    ],
    ['runs', { lastStatus: 'RUNNING' }, { phase: 'running' }],
    [
      'is being taken down, and its exit code is there already',
      { lastStatus: 'DEPROVISIONING', containers: [{ name: 'prefect', exitCode: 0 }] },
      { phase: 'running' },
    ],
    ['exited with 0', essential({ exitCode: 0 }), { phase: 'succeeded', exitCode: 0 }],
    ['exited with 3', essential({ exitCode: 3 }), { phase: 'failed', exitCode: 3, cause: 'exit' }],
    [
      'ran out of memory',
      essential({ exitCode: 137, reason: 'OutOfMemoryError: Container killed due to memory usage' }),
      { phase: 'failed', exitCode: 137, cause: 'oom', message: expect.stringMatching(/2048 MiB.*Raise 'memory'/) },
    ],
    ['was killed', essential({ exitCode: 137 }), { phase: 'failed', exitCode: 137, cause: 'unknown' }],
    ['was asked to end', essential({ exitCode: 143 }), { phase: 'failed', exitCode: 143, cause: 'exit' }],
    [
      'could not find its image',
      stopped(
        'TaskFailedToStart',
        'CannotPullContainerError: pull image manifest has been retried 1 time(s): failed to resolve ref docker.io/me/flows:1: not found',
      ),
      { phase: 'failed', cause: 'image-pull', message: expect.stringMatching(/Check the image.*reaches the registry/) },
    ],
    [
      'has an image for another platform',
      stopped(
        'TaskFailedToStart',
        "CannotPullContainerError: pull image manifest has been retried 7 time(s): image Manifest does not contain descriptor matching platform 'linux/amd64'",
      ),
      { phase: 'failed', cause: 'image-pull', message: expect.stringMatching(/Build the image for the platform/) },
    ],
    [
      'has an image for another platform, by its list of manifests',
      stopped(
        'TaskFailedToStart',
        'CannotPullContainerError: no matching manifest for linux/amd64 in the manifest list',
      ),
      { phase: 'failed', cause: 'image-pull', message: expect.stringMatching(/Build the image for the platform/) },
    ],
    [
      'failed to start, and ECS names no container at all',
      stopped('TaskFailedToStart', 'CannotPullContainerError: access denied', null),
      { phase: 'failed', cause: 'image-pull' },
    ],
    [
      'could not read its secrets',
      stopped('TaskFailedToStart', 'ResourceInitializationError: unable to pull secrets'),
      { phase: 'failed', cause: 'config', message: expect.stringMatching(/execution role/) },
    ],
    [
      'got no network interface in time',
      stopped('TaskFailedToStart', 'Timeout waiting for network interface provisioning to complete.'),
      { phase: 'failed', cause: 'capacity' },
    ],
    ['lost its Spot machine', stopped('SpotInterruption', 'Your Spot Task was interrupted.'), { cause: 'spot' }],
    ['lost its host', stopped('InfrastructureHealth', 'Host EC2 (instance i-1) terminated.'), { cause: 'host' }],
    [
      'was stopped by us',
      stopped('UserInitiated', 'Stopped by pushpool: the flow run was cancelled', { exitCode: 143 }),
      { phase: 'stopped', cause: 'user-stop', message: 'Stopped by pushpool: the flow run was cancelled.' },
    ],
    [
      'was stopped by somebody else',
      stopped('UserInitiated', 'Task stopped by user alice'),
      { phase: 'stopped', cause: 'user-stop', message: expect.stringMatching(/outside pushpool.*alice/) },
    ],
    ['ended and nobody knows how', stopped('', '', {}), { phase: 'stopped', cause: 'unknown' }],
  ])('%s', (_, task, observation) => {
    expect(observeTask(task, 'prefect')).toMatchObject(observation);
  });

  it('is not decided by a side-car', () => {
    const task = {
      ...{ lastStatus: 'STOPPED', stopCode: 'EssentialContainerExited', stoppedReason: 'Essential container exited' },
      containers: [
        { name: 'proxy', exitCode: 1 },
        { name: 'prefect', exitCode: 0 },
      ],
    };

    expect(observeTask(task, 'prefect')).toMatchObject({ phase: 'succeeded', exitCode: 0 });
  });
});

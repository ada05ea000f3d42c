import { describe, expect, it } from 'vitest';
import { flowRunStateEvent } from '../../../../shared/domain/events/flow-run-events.ts';
import type { FlowRun } from '../../../../shared/domain/flow-run.ts';
import { makeState } from '../../../../shared/domain/states.ts';

const run = {
  id: 'r',
  name: 'swift-otter',
  run_count: 1,
  tags: ['b', 'a'],
  created_by: { id: 'd', type: 'DEPLOYMENT', display_value: 'nightly' },
} as FlowRun;
const surroundings = {
  flow: { id: 'f', name: 'etl', tags: ['a', 'c'] },
  deployment: { id: 'd', name: 'nightly', tags: [] },
  queue: { id: 'q', name: 'default' },
  pool: { id: 'p', name: 'ecs', type: 'ecs:push' },
};
const running = makeState({ type: 'RUNNING' }, 's1', '2026-11-24T05:00:00.000000Z');

describe('the event of a flow run’s state change', () => {
  it('has the state’s id and says what changed, about what, and what it belongs to', () => {
    const failed = makeState({ type: 'FAILED', message: 'boom' }, 's2', '2026-11-24T05:01:00.123456Z');

    const event = flowRunStateEvent({ run, ...surroundings, initial: running, state: failed });

    expect(event).toEqual({
      id: 's2',
      occurred: '2026-11-24T05:01:00.123456Z',
      event: 'prefect.flow-run.Failed',
      resource: {
        'prefect.resource.id': 'prefect.flow-run.r',
        'prefect.resource.name': 'swift-otter',
        'prefect.run-count': '1',
        'prefect.state-message': 'boom',
        'prefect.state-name': 'Failed',
        'prefect.state-timestamp': '2026-11-24T05:01:00.123456+00:00',
        'prefect.state-type': 'FAILED',
      },
      related: [
        { 'prefect.resource.id': 'prefect.flow.f', 'prefect.resource.role': 'flow', 'prefect.resource.name': 'etl' },
        {
          'prefect.resource.id': 'prefect.deployment.d',
          'prefect.resource.role': 'deployment',
          'prefect.resource.name': 'nightly',
        },
        {
          'prefect.resource.id': 'prefect.work-queue.q',
          'prefect.resource.role': 'work-queue',
          'prefect.resource.name': 'default',
        },
        {
          'prefect.resource.id': 'prefect.work-pool.p',
          'prefect.resource.role': 'work-pool',
          'prefect.resource.name': 'ecs',
          'prefect.work-pool.type': 'ecs:push',
        },
        { 'prefect.resource.id': 'prefect.tag.a', 'prefect.resource.role': 'tag' },
        { 'prefect.resource.id': 'prefect.tag.b', 'prefect.resource.role': 'tag' },
        { 'prefect.resource.id': 'prefect.tag.c', 'prefect.resource.role': 'tag' },
        {
          'prefect.resource.id': 'prefect.deployment.d',
          'prefect.resource.role': 'creator',
          'prefect.resource.name': 'nightly',
        },
      ],
      payload: {
        intended: { from: 'RUNNING', to: 'FAILED' },
        initial_state: { type: 'RUNNING', name: 'Running' },
        validated_state: { type: 'FAILED', name: 'Failed', message: 'boom' },
      },
      follows: 's1',
    });
  });

  it('follows nothing when it is the first or long after the one before', () => {
    const late = makeState({ type: 'COMPLETED' }, 's2', '2026-11-24T05:05:00.000000Z');
    const alone = { flow: null, deployment: null, queue: null, pool: null };

    expect(flowRunStateEvent({ run, ...alone, initial: null, state: running }).follows).toBeNull();
    expect(flowRunStateEvent({ run, ...alone, initial: running, state: late }).follows).toBeNull();
  });

  it('tells a suspension from a pause that keeps its container', () => {
    const suspended = makeState(
      { type: 'PAUSED', name: 'Suspended', state_details: { pause_reschedule: true } },
      's2',
      '2026-11-24T05:00:01.000000Z',
    );

    const event = flowRunStateEvent({ run, ...surroundings, initial: running, state: suspended });

    expect(event.event).toBe('prefect.flow-run.Suspended');
    expect(event.payload['validated_state']).toMatchObject({ pause_reschedule: 'true' });
  });

  it('cuts a long message in its middle', () => {
    const failed = makeState({ type: 'FAILED', message: `a${'x'.repeat(200_000)}z` }, 's2', running.timestamp);

    const label = flowRunStateEvent({ run, ...surroundings, initial: null, state: failed }).resource[
      'prefect.state-message'
    ]!;

    expect(label).toMatch(/^ax+\.\.\.100002 additional characters\.\.\.x+z$/);
    expect(label.length).toBeLessThan(100_100);
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Event } from '../../../shared/domain/events/event.ts';
import type { TaskRunDocument } from '../../../shared/domain/task-run-document.ts';
import {
  isTaskRunEvent,
  readTaskRunEvent,
  recordTaskRunEvent,
  taskRunFromEvent,
} from '../../../shared/domain/task-run-from-event.ts';

const TASK = '0194a5c8-0000-7000-8000-00000000000a';
const RUN = '0194a5c8-0000-7000-8000-00000000000b';
const NOW = '2026-11-24T06:00:00.000000Z';

describe('a task run made from events', () => {
  it('is the same whatever the order and number of its events', () => {
    fc.assert(
      fc.property(events, fc.infiniteStream(fc.nat()), (sequence, random) => {
        const shuffled = [...sequence, ...sequence.filter((_, index) => index % 2 === 0)]
          .map((event) => ({ event, place: random.next().value }))
          .sort((a, b) => a.place - b.place)
          .map(({ event }) => event);

        expect(record(shuffled)).toEqual(record(sequence));
      }),
      { numRuns: 500 },
    );
  });

  it('follows the latest state and keeps every state once', () => {
    const [pending, running, completed] = [
      taskEvent(1, 'PENDING', {}),
      taskEvent(2, 'RUNNING', { run_count: 1, start_time: '2026-11-24T05:00:02Z' }),
      taskEvent(3, 'COMPLETED', { run_count: 1, end_time: '2026-11-24T05:00:03Z' }),
    ];

    const doc = record([completed, pending, running, completed]);

    expect(doc.task.state_type).toBe('COMPLETED');
    expect(doc.states.map((state) => state.type)).toEqual(['PENDING', 'RUNNING', 'COMPLETED']);
    expect(doc.task.start_time).toBe('2026-11-24T05:00:02.000000Z');
    expect(doc.task.end_time).toBe('2026-11-24T05:00:03.000000Z');
  });

  it('keeps its own id when another id claims its natural key', () => {
    const first = record([taskEvent(1, 'PENDING', {})]);
    const other = readTaskRunEvent({
      ...taskEvent(2, 'RUNNING', {}),
      resource: {
        'prefect.resource.id': 'prefect.task-run.0194a5c8-0000-7000-8000-0000000000ff',
        'prefect.orchestration': 'client',
      },
    });

    const doc = recordTaskRunEvent(first, other!, NOW);

    expect(doc.task.id).toBe(TASK);
    expect(doc.task.state?.state_details.task_run_id).toBe(TASK);
  });

  it('is read from client-orchestrated events alone', () => {
    const made = taskEvent(1, 'PENDING', {});

    expect(isTaskRunEvent(made)).toBe(true);
    expect(isTaskRunEvent({ ...made, resource: { 'prefect.resource.id': `prefect.task-run.${TASK}` } })).toBe(false);
    expect(isTaskRunEvent({ ...made, event: 'prefect.flow-run.Running' })).toBe(false);
  });

  it('ignores events without keys or with an unknown state type, and values of the wrong kind', () => {
    const made = taskEvent(1, 'PENDING', { run_count: 'many' as never, start_time: 'yesterday' });

    expect(readTaskRunEvent({ ...made, payload: {} })).toBeNull();
    expect(readTaskRunEvent({ ...made, payload: { ...made.payload, validated_state: { type: 'DONE' } } })).toBeNull();
    expect(readTaskRunEvent(made)?.fields).toEqual({ name: 't-1' });
  });

  it('gives up a made-up state for any new event, however old', () => {
    const running = record([taskEvent(5, 'RUNNING', { run_count: 1 })]);
    const closed: TaskRunDocument = {
      ...running,
      task: { ...running.task, state_type: 'CRASHED', state_id: 'x', state_timestamp: NOW, end_time: NOW },
      states: [...running.states, { ...running.states[0]!, id: 'x', type: 'CRASHED', timestamp: NOW }],
      synthetic: {
        stateId: 'x',
        before: {
          state_type: running.task.state_type,
          state_id: running.task.state_id,
          state_timestamp: running.task.state_timestamp,
          end_time: null,
        },
      },
    };

    const again = recordTaskRunEvent(closed, readTaskRunEvent(taskEvent(5, 'RUNNING', { run_count: 1 }))!, NOW);
    const late = recordTaskRunEvent(closed, readTaskRunEvent(taskEvent(6, 'COMPLETED', { run_count: 1 }))!, NOW);

    expect(again).toBe(closed);
    expect(late.task.state_type).toBe('COMPLETED');
    expect(late.synthetic).toBeNull();
    expect(late.states.map((state) => state.type)).toEqual(['RUNNING', 'COMPLETED']);
  });
});

function record(sequence: readonly Event[]): TaskRunDocument {
  const [first, ...rest] = sequence.map((event) => readTaskRunEvent(event)!);
  return rest.reduce((doc, next) => recordTaskRunEvent(doc, next, NOW), taskRunFromEvent(first!, NOW));
}

function taskEvent(at: number, type: string, fields: Record<string, string | number | string[]>): Event {
  const digits = String(at).padStart(2, '0');
  return {
    id: `0194a5c8-0000-7000-8000-0000000001${digits}`,
    occurred: `2026-11-24T05:00:${digits}.000000Z`,
    event: `prefect.task-run.${type}`,
    resource: { 'prefect.resource.id': `prefect.task-run.${TASK}`, 'prefect.orchestration': 'client' },
    related: [{ 'prefect.resource.id': `prefect.flow-run.${RUN}`, 'prefect.resource.role': 'flow-run' }],
    payload: {
      validated_state: { type, name: type, state_details: {} },
      task_run: { task_key: 't', dynamic_key: '0', name: `t-${at}`, ...fields },
    },
    follows: null,
  };
}

/** Sequences whose events carry different fields, some at the same instant. */
const events = fc
  .uniqueArray(
    fc.record({
      at: fc.integer({ min: 0, max: 59 }),
      tie: fc.boolean(),
      type: fc.constantFrom('PENDING', 'RUNNING', 'COMPLETED', 'FAILED'),
      fields: fc.record(
        {
          run_count: fc.nat(3),
          total_run_time: fc.nat(100),
          end_time: fc.constant('2026-11-24T05:00:59Z'),
          tags: fc.array(fc.constantFrom('a', 'b')),
          cache_key: fc.constantFrom('k', 'l'),
        },
        { requiredKeys: [] },
      ),
    }),
    { minLength: 1, maxLength: 8, selector: (item) => item.at },
  )
  .map((items) =>
    items.map(({ at, tie, type, fields }) => {
      const made = taskEvent(at, type, fields);
      return tie ? { ...made, occurred: '2026-11-24T05:00:30.000000Z' } : made;
    }),
  );

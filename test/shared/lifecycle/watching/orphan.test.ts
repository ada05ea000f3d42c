import { describe, expect, it } from 'vitest';
import { type FlowRunDocument, type FlowRunLife, newLife } from '../../../../shared/domain/flow-run-life.ts';
import { custodyOf } from '../../../../shared/lifecycle/watching/orphan.ts';
import type { Listed } from '../../../../shared/targets/target.ts';

const NOW = new Date('2026-03-01T12:00:00Z');
const ago = (seconds: number): string => new Date(NOW.getTime() - seconds * 1000).toISOString();
const REF = { pid: 'flows::arn:aws:ecs:r:1:task/flows/a', key: {} };

const listed = (more: Partial<Listed> & { attempt?: number } = {}): Listed => ({
  ref: REF,
  at: { flowRunId: 'r', attempt: more.attempt ?? 1 },
  observation: { phase: 'running', message: '' },
  ...more,
});
const doc = (life: Partial<FlowRunLife>, changedSecondsAgo = 3600): FlowRunDocument =>
  ({
    run: { state_timestamp: ago(changedSecondsAgo) },
    life: { ...newLife('ecs:push'), phase: 'open', ref: REF, ...life },
  }) as FlowRunDocument;
const ENDED = { observation: { phase: 'succeeded', message: '' } } as const;

describe('who sees to a container that a cloud shows', () => {
  it.each<[string, Listed, FlowRunDocument | null, boolean, string]>([
    ['the execution of its live attempt', listed(), doc({}), true, 'attended'],
    ['its submission, which has not recorded it yet', listed(), doc({ ref: null }), true, 'attended'],
    [
      'its live attempt, whose pid names the cluster otherwise',
      listed({ ref: { pid: 'arn:aws:ecs:r:1:cluster/flows::arn:aws:ecs:r:1:task/flows/a', key: {} } }),
      doc({}),
      true,
      'attended',
    ],
    [
      'nobody: its live attempt has another container',
      listed({ ref: { pid: 'x::b', key: {} } }),
      doc({}),
      true,
      'stop',
    ],
    [
      'the next attempt, before it submits',
      listed(),
      doc({ attempt: 2, previous: { attempt: 1, ref: REF } }),
      true,
      'attended',
    ],
    ['nobody: its attempt was superseded', listed(), doc({ attempt: 2, ref: null }), true, 'stop'],
    ['the clean-up of its closed attempt', listed(), doc({ phase: 'closed' }), true, 'look-after'],
    ['the container itself, as its run has just ended', listed(), doc({ phase: 'closed' }, 60), true, 'attended'],
    ['nobody: its closed attempt gave up', listed(), doc({ phase: 'closed' }), false, 'stop'],
    ['nobody, as its clean-up is done', listed(ENDED), doc({ phase: 'closed' }), false, 'settled'],
    ['the clean-up, which tries for a day', listed(ENDED), doc({ phase: 'closed' }), true, 'look-after'],
    ['nobody: it is left over', listed(ENDED), doc({ phase: 'closed' }, 2 * 86_400), false, 'clean-up'],
    ['another home, perhaps', listed(), null, false, 'unknown'],
    ['nobody, and it has ended', listed(ENDED), null, false, 'settled'],
    ['a store that knows more than this one', listed({ attempt: 3 }), doc({}), true, 'unknown'],
  ])('%s', (_, container, run, jobKept, custody) => {
    expect(custodyOf(container, run, jobKept, NOW)).toBe(custody);
  });
});

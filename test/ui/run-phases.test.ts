import { describe, expect, it } from 'vitest';
import { duration, phasesOf, type StateInTime } from '../../ui/src/run-phases.ts';

const at = (seconds: number) => new Date(Date.UTC(2026, 10, 29, 12, 0, seconds)).toISOString();
const state = (type: string, seconds: number, due: number | null = null): StateInTime => ({
  ...{ type, name: type, timestamp: at(seconds) },
  state_details: { scheduled_time: due === null ? null : at(due) },
});
const NOTHING = { submitted: null, ended: null };
const told = (states: StateInTime[], container: Parameters<typeof phasesOf>[1], now = 3600) =>
  phasesOf(states, container, new Date(at(now))).map(({ kind, seconds }) => `${kind} ${seconds}`);

describe('where the time of a run went', () => {
  it('tells the wait for slots, the submission, the wait for the cloud, the running and the end of the container apart', () => {
    const states = [
      state('SCHEDULED', 0, 10),
      state('SCHEDULED', 12, 10),
      state('PENDING', 40),
      state('RUNNING', 75),
      state('COMPLETED', 135),
    ];

    expect(told(states, { submitted: at(43), ended: { at: at(140) } })).toEqual([
      'slot 30',
      'submit 3',
      'cloud 32',
      'run 60',
      'end 5',
    ]);
  });

  it('counts nothing before a run is due, and goes on to now while it is under way', () => {
    expect(told([state('SCHEDULED', 0, 100)], NOTHING, 50)).toEqual([]);
    expect(told([state('SCHEDULED', 0, 100)], NOTHING, 130)).toEqual(['slot 30']);
    expect(told([state('SCHEDULED', 0, 0), state('PENDING', 1)], NOTHING, 5)).toEqual(['slot 1', 'submit 4']);
  });

  it('counts the Pending of an earlier attempt as wait for the cloud, and pauses as such', () => {
    const states = [
      state('PENDING', 0),
      state('RUNNING', 10),
      state('PAUSED', 20),
      state('RUNNING', 50),
      state('SCHEDULED', 60, 90),
      state('PENDING', 95),
      state('RUNNING', 100),
      state('FAILED', 101),
    ];

    expect(told(states, { submitted: at(96), ended: null })).toEqual([
      ...['cloud 10', 'run 10', 'pause 30', 'run 10', 'slot 5'],
      ...['submit 1', 'cloud 4', 'run 1'],
    ]);
  });

  it('says how long in words', () => {
    expect([0.42, 42, 200, 7500].map(duration)).toEqual(['0.4 s', '42 s', '3 min 20 s', '2 h 5 min']);
  });
});

import { v7 } from 'uuid';
import { afterEach, beforeEach, expect } from 'vitest';
import { timerFired } from '../../../shared/lifecycle/timer-fired.ts';
import type { TimerEvent } from '../../../shared/operations/events/timer-events.ts';
import { type TestApp, testApp } from '../../test-app.ts';

/** The home of the test that runs, in files that ask for one. */
export let home: TestApp;

/** Gives each test of the file, or of the `describe`, a home of its own. */
export function homeForEach(): void {
  beforeEach(async () => {
    home = await testApp();
  });
  afterEach(() => home.close());
}

export const reactive = (given: object = {}) => ({
  type: 'event',
  posture: 'Reactive',
  expect: ['order.placed'],
  threshold: 1,
  within: 0,
  ...given,
});

export async function automate(trigger: object, actions: object[], more: object = {}): Promise<string> {
  const answer = await home.call('POST', '/automations/', { name: 'watcher', trigger, actions, ...more });
  expect(answer.status, JSON.stringify(answer.body)).toBe(201);
  return answer.body.id;
}

export const happened = (name = 'order.placed', given: object = {}) => ({
  id: v7(),
  occurred: home.app.clock.now().toISOString(),
  event: name,
  resource: { 'prefect.resource.id': 'order.1' },
  ...given,
});

export async function send(...events: object[]): Promise<void> {
  expect((await home.call('POST', '/events', events)).status).toBe(204);
}

/** Lets every timer that is due fire, and those that are due then, as the scheduler would. */
export async function settle(): Promise<void> {
  for (let round = 0; round < 30; round++) {
    const due = [...home.timers].filter(([, timer]) => timer.at <= home.app.clock.now());
    if (due.length === 0) return;
    for (const [name, timer] of due) {
      home.timers.delete(name);
      await timerFired(home.app, timer.payload as TimerEvent);
    }
  }
  throw new Error('Timers go on for ever.');
}

// biome-ignore lint/suspicious/noExplicitAny: events are whatever JSON the API sends
export async function eventsNamed(prefix: string): Promise<any[]> {
  const answer = await home.call('POST', '/events/filter', { filter: { event: { prefix: [prefix] }, order: 'ASC' } });
  return answer.body.events;
}

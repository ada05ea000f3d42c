import { createLifecycleHandler } from '../../../functions/lifecycle/handler.ts';
import { createTimerFiredHandler } from '../../../functions/triggers/timer-fired.ts';
import { firstDateAfter } from '../../../shared/domain/schedules/window.ts';
import { TIMER_FUNCTION, type TimerEvent } from '../../../shared/operations/events/timer-events.ts';
import { type ExecutionInput, executionName } from '../../../shared/ports/lifecycle-engine.ts';
import { type TestApp, testApp } from '../../test-app.ts';

export interface Started {
  readonly id: string;
  /** When Prepare let it go to the cloud. */
  readonly at: string;
  readonly due: string;
  readonly parameters: object;
}

export interface VirtualTimeOptions {
  readonly now: string;
  /** How late timers fire: up to 59 s in AWS. @default 59 */
  readonly timersLateSeconds?: number;
}

/**
 * The program with its timers and executions on a clock of its own: `until` carries out, in order, everything that falls due.
 * Executions are followed as far as Prepare; a run that gets past it is listed in `started`.
 */
export async function virtualTime(options: VirtualTimeOptions) {
  const home = await testApp({ now: new Date(options.now) });
  const lifecycle = createLifecycleHandler(home.app);
  const timerFired = createTimerFiredHandler(home.app);
  const started: Started[] = [];
  const waiting: { at: number; input: ExecutionInput }[] = [];
  const firings: string[] = [];
  const faults = {
    /** A timer's firing that never arrives. */
    loses: (_name: string): boolean => false,
    /** A timer's firing that arrives twice. */
    doubles: (_name: string): boolean => false,
    /** An execution that vanishes when its run is due. */
    breaks: (_due: string): boolean => false,
  };
  const lateMillis = (options.timersLateSeconds ?? 59) * 1000;
  const now = () => home.app.clock.now().getTime();
  let known = 0;
  const broken = new Set<string>();
  const { describe } = home.app.engine;
  home.app.engine.describe = async (name) => (broken.has(name) ? 'closed' : describe(name));
  const parked = new Map<string, ExecutionInput>();
  let heard = 0;

  /** Executions that were started and tokens that were answered since. */
  function collect(): void {
    for (; known < home.started.length; known++) {
      const { input } = home.started[known]!;
      waiting.push({ at: Math.max(now(), Date.parse(input.until)), input });
    }
    for (; heard < home.signalled.length; heard++) {
      const input = parked.get(home.signalled[heard]!.token);
      if (input && parked.delete(home.signalled[heard]!.token)) waiting.push({ at: now(), input });
    }
  }

  async function step(input: ExecutionInput): Promise<void> {
    const doc = await home.app.store.flowRuns.get(input.flow_run_id);
    const due = doc?.run.next_scheduled_start_time ?? '';
    if (due !== '' && Date.parse(due) <= now() && faults.breaks(due)) return void broken.add(executionName(input));
    const prepared = await lifecycle({ step: 'prepare', input });
    if (prepared?.next === 'wait') waiting.push({ at: Date.parse(prepared.until), input });
    if (prepared?.next === 'park') {
      const token = `token-${input.flow_run_id}-${parked.size}-${heard}`;
      parked.set(token, input);
      await lifecycle({ step: 'park', input, token });
    }
    if (prepared?.next === 'submit' && doc) {
      started.push({ id: doc.id, at: home.app.clock.now().toISOString(), due, parameters: doc.run.parameters });
    }
  }

  async function fire(name: string, payload: Record<string, unknown>): Promise<void> {
    const timer = home.timers.get(name);
    const next = timer?.cron && firstDateAfter(timer.cron, timer.at.toISOString().replace('Z', '000Z'));
    if (timer && next) home.timers.set(name, { ...timer, at: new Date(next) });
    else home.timers.delete(name);
    firings.push(name);
    if (faults.loses(name)) return;
    for (let times = faults.doubles(name) ? 2 : 1; times > 0; times--)
      await timerFired(payload as unknown as TimerEvent);
  }

  return {
    home,
    started,
    faults,
    /** Names of the timers that fired. */
    firings,
    /** Does everything that falls due up to a moment, each at its time, and leaves the clock there. */
    async until(moment: string): Promise<void> {
      const end = Date.parse(moment);
      for (;;) {
        collect();
        const timers = [...home.timers].filter(([, { functionName }]) => functionName === TIMER_FUNCTION);
        const [next] = [
          ...waiting.map((one) => ({ at: one.at, run: () => step(waiting.splice(waiting.indexOf(one), 1)[0]!.input) })),
          ...timers.map(([name, { at, payload }]) => ({
            at: at.getTime() + lateMillis,
            run: () => fire(name, payload),
          })),
        ].sort((a, b) => a.at - b.at);
        if (!next || next.at > end) break;
        if (next.at > now()) home.advance((next.at - now()) / 1000);
        await next.run();
      }
      home.advance((end - now()) / 1000);
    },
    /** The execution that waits for a run is stopped by hand. */
    async stopExecution(due: string): Promise<void> {
      collect();
      for (const one of [...waiting]) {
        const doc = await home.app.store.flowRuns.get(one.input.flow_run_id);
        if (doc?.run.next_scheduled_start_time !== due) continue;
        waiting.splice(waiting.indexOf(one), 1);
        broken.add(executionName(one.input));
      }
    },
    /** Nothing happens up to a moment: the home is down. */
    downUntil: (moment: string): void => home.advance((Date.parse(moment) - now()) / 1000),
    dues: (): string[] => started.map(({ due }) => due),
  };
}
export type VirtualTime = Awaited<ReturnType<typeof virtualTime>>;

/** A deployment with schedules, in a push pool unless another type is named; answers its id. */
export async function deployed(
  { home }: { home: TestApp },
  schedules: readonly object[],
  options: { readonly type?: string; readonly body?: object } = {},
): Promise<string> {
  const type = options.type ?? 'process:push';
  await home.call('POST', '/work_pools/', { name: type.replace(':', '-'), type, base_job_template: {} });
  const flow = await home.call('POST', '/flows/', { name: 'flow' });
  const made = await home.call('POST', '/deployments/', {
    name: 'd',
    flow_id: flow.body.id,
    work_pool_name: type.replace(':', '-'),
    entrypoint: 'f.py:f',
    schedules,
    ...options.body,
  });
  if (made.status >= 300) throw new Error(JSON.stringify(made.body));
  return made.body.id;
}

export const cron = (expression: string, timezone = 'UTC') => ({ cron: expression, timezone, day_or: true });
export const every = (seconds: number, anchor = '2026-01-01T00:00:00Z', timezone = 'UTC') => ({
  interval: seconds,
  anchor_date: anchor,
  timezone,
});

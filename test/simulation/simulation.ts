import { createLifecycleHandler } from '../../functions/lifecycle/handler.ts';
import { createTargetHandler, type TargetEvent } from '../../functions/targets/handler.ts';
import { createContainerEndedHandler } from '../../functions/triggers/container-ended.ts';
import { createExecutionEndedHandler } from '../../functions/triggers/execution-ended.ts';
import { createTimerFiredHandler } from '../../functions/triggers/timer-fired.ts';
import type { FlowRunDocument } from '../../shared/domain/flow-run-life.ts';
import { inputOf } from '../../shared/lifecycle/ending/clean-up.ts';
import type { ContainerEnded } from '../../shared/lifecycle/ending/container-ended.ts';
import type { StepEvent } from '../../shared/lifecycle/ending/messages.ts';
import type { ExecutionEnded } from '../../shared/lifecycle/watching/execution-ended.ts';
import { TIMER_FUNCTION, type TimerEvent } from '../../shared/operations/events/timer-events.ts';
import { repairAll } from '../../shared/operations/repair.ts';
import { executionName } from '../../shared/ports/lifecycle-engine.ts';
import { keys } from '../../shared/store/keys.ts';
import type { CloudUnderTest, ContainerView, End, RunningFake } from '../fakes/cloud-under-test.ts';
import { type TestAnswer, type TestApp, testApp } from '../test-app.ts';
import { Clockwork } from './clockwork.ts';
import { Killer } from './kill.ts';
import { type SimulatedExecution, StateMachineInSimulation } from './state-machine.ts';
import { virtualTimers } from './virtual-timers.ts';

/** What the container of a run does once it has started. */
export type Behaviour = (container: RunningContainer) => Promise<void>;

export interface RunningContainer {
  readonly view: ContainerView;
  /** Goes on after this time, if the container still runs. */
  after(seconds: number, work: () => Promise<void>): void;
  /** The flow reports a state, with the token that the container was given. */
  reports(state: Record<string, unknown>): Promise<TestAnswer>;
  ends(how: End): void;
}

export const exits = (code: number): End => ({ kind: 'exit', code });

/** An engine run: Running, then its end, then the container exits 0 as the engine does for Failed too. */
export const flow =
  (seconds = 30, end: Record<string, unknown> = { type: 'COMPLETED' }): Behaviour =>
  async (container) => {
    await container.reports({ type: 'RUNNING' });
    container.after(seconds, async () => {
      await container.reports(end);
      container.after(2, async () => container.ends(exits(0)));
    });
  };

/** A container without Prefect in it. */
export const plain =
  (how: End, seconds = 10): Behaviour =>
  async (container) =>
    container.after(seconds, async () => container.ends(how));

/** Begins a flow and is then ended from outside. */
export const dies =
  (how: End, seconds = 10): Behaviour =>
  async (container) => {
    await container.reports({ type: 'RUNNING' });
    container.after(seconds, async () => container.ends(how));
  };

/** How the cloud's own events arrive. */
export type Delivery = 'at-once' | 'never' | 'twice' | 'late';

export interface SimulationOptions {
  readonly delivery?: Delivery;
  /** Added to the job variables of the deployment. */
  readonly jobVariables?: Record<string, unknown>;
  /** Functions are warm: they keep clients, and what they have looked up, from call to call. @default each call is a fresh process */
  readonly warm?: boolean;
}

const PUMP_SECONDS = 5;
const STREAM_SECONDS = 5;
const DELIVERED_AFTER: Readonly<Record<Delivery, readonly number[]>> = {
  'at-once': [0],
  never: [],
  twice: [0, 1],
  late: [90],
};

/** The whole program in virtual time: API, state machine, timers, functions that can be killed, and a fake cloud. */
export class Simulation {
  readonly clockwork: Clockwork;
  readonly killer: Killer;
  readonly machine: StateMachineInSimulation;
  readonly home: TestApp;
  readonly fake: RunningFake;
  delivery: Delivery;
  /** Every run created here, for the invariants. */
  readonly runs: string[] = [];
  readonly #behaviours = new Map<string, Behaviour>();
  readonly #seen = new Set<string>();
  readonly #functions: Map<string, (payload: never) => Promise<unknown>>;
  readonly #deploymentId: string;
  readonly #timerNames: () => string[];

  private constructor(parts: {
    clockwork: Clockwork;
    killer: Killer;
    machine: StateMachineInSimulation;
    home: TestApp;
    fake: RunningFake;
    functions: Map<string, (payload: never) => Promise<unknown>>;
    deploymentId: string;
    timerNames: () => string[];
    delivery: Delivery;
  }) {
    this.clockwork = parts.clockwork;
    this.killer = parts.killer;
    this.machine = parts.machine;
    this.home = parts.home;
    this.fake = parts.fake;
    this.delivery = parts.delivery;
    this.#functions = parts.functions;
    this.#deploymentId = parts.deploymentId;
    this.#timerNames = parts.timerNames;
    this.#pump();
  }

  static async start(cloud: CloudUnderTest, options: SimulationOptions = {}): Promise<Simulation> {
    const clockwork = new Clockwork(new Date('2026-03-01T12:00:00Z'));
    const killer = new Killer();
    const functions = new Map<string, (payload: never) => Promise<unknown>>();
    const fake = await cloud.start(clockwork.now);
    let later: Simulation | null = null;
    const invoke = (name: string, payload: unknown): Promise<unknown> => later!.invoke(name, payload);
    const machine = new StateMachineInSimulation(clockwork, invoke, (execution) =>
      later!.tellOfExecution(execution, 'FAILED'),
    );
    const timers = virtualTimers(clockwork, invoke);
    const { awaited } = killer;
    const { v7 } = await import('uuid');
    const home = await testApp({
      targets: { [cloud.poolType]: 'target' },
      awaited,
      ports: {
        clock: { now: clockwork.now, newId: () => v7() },
        engine: {
          start: (name, input) => awaited('engine start', () => machine.start(name, input)),
          describe: (name) => awaited('engine describe', () => machine.describe(name)),
          transitions: (name) => machine.transitions(name),
          signal: (token, output) => awaited('engine signal', () => machine.signal(token, output)),
        },
        timers: {
          set: (...timer) => awaited('timers set', () => timers.set(...timer)),
          repeat: (...timer) => awaited('timers repeat', () => timers.repeat(...timer)),
          repeatAt: (...timer) => awaited('timers repeat', () => timers.repeatAt(...timer)),
          cancel: (name) => awaited('timers cancel', () => timers.cancel(name)),
        },
      },
    });
    const fresh = () => createTargetHandler(home.app, fake.target(home.app, awaited));
    const kept = options.warm && fresh();
    const target = () => kept || fresh();
    functions.set('lifecycle', (event: StepEvent) => createLifecycleHandler(home.app)(event));
    functions.set('target', (event: TargetEvent) => target()(event));
    functions.set(TIMER_FUNCTION, (event: TimerEvent) => createTimerFiredHandler(home.app)(event));
    const ended = createContainerEndedHandler(home.app, async (input) => {
      await target()({ step: 'clean-up', input });
    });
    functions.set('container-ended', (event: ContainerEnded) => ended(event));
    functions.set('execution-ended', (event: ExecutionEnded) => createExecutionEndedHandler(home.app)(event));

    const must = async (answer: Promise<TestAnswer>) => {
      const given = await answer;
      if (given.status >= 300) throw new Error(`${given.status}: ${JSON.stringify(given.body)}`);
      return given.body;
    };
    await must(home.call('POST', '/work_pools/', { name: 'pool', type: cloud.poolType, concurrency_limit: 1000 }));
    const { id: flowId } = await must(home.call('POST', '/flows/', { name: 'flow' }));
    const { id: deploymentId } = await must(
      home.call('POST', '/deployments/', {
        name: 'd',
        flow_id: flowId,
        work_pool_name: 'pool',
        entrypoint: 'f.py:f',
        job_variables: { ...fake.jobVariables, ...options.jobVariables },
      }),
    );
    const delivery = options.delivery ?? 'at-once';
    later = new Simulation({
      ...{ clockwork, killer, machine, home, fake, functions, deploymentId, delivery },
      timerNames: timers.names,
    });
    return later;
  }

  /** A Lambda invocation: it may be killed, and then the stream of owed effects does what it left undone. */
  async invoke(name: string, payload: unknown): Promise<unknown> {
    const work = this.#functions.get(name);
    if (!work) throw new Error(`No function ${name}.`);
    try {
      return await this.killer.run(() => work(payload as never));
    } catch (error) {
      this.clockwork.after(STREAM_SECONDS, async () => void (await repairAll(this.home.app)));
      throw error;
    }
  }

  async create(behaviour: Behaviour, body: Record<string, unknown> = {}): Promise<string> {
    const made = await this.home.call('POST', `/deployments/${this.#deploymentId}/create_flow_run`, body);
    if (made.status >= 300) throw new Error(`${made.status}: ${JSON.stringify(made.body)}`);
    this.runs.push(made.body.id);
    this.#behaviours.set(made.body.id, behaviour);
    return made.body.id;
  }

  /** Lets this much virtual time pass; `done` is asked after each piece of work and may end it early. */
  go(seconds: number, done?: () => Promise<boolean>): Promise<void> {
    return this.clockwork.runFor(seconds, { settled: () => this.#look(), ...(done && { done }) });
  }

  /** Runs until every run is over and cleaned up; fails after this much virtual time. */
  async untilOver(seconds = 3600): Promise<void> {
    let calls = -1; // of the store when it was last asked: what nobody has touched since is as it was
    const done = async () => {
      if (this.fake.containers().some(({ phase }) => phase !== 'ended')) return false;
      if (this.home.consumed.length === calls) return false;
      const over = await this.#areOver();
      calls = this.home.consumed.length;
      return over;
    };
    await this.clockwork.runFor(seconds, { settled: () => this.#look(), done });
  }

  async doc(id: string): Promise<FlowRunDocument> {
    return (await this.home.app.store.flowRuns.get(id))!;
  }

  async state(id: string): Promise<{ type: string; name: string; message: string }> {
    const { type, name, message } = (await this.doc(id)).run.state!;
    return { type, name, message: message ?? '' };
  }

  setState(id: string, state: Record<string, unknown>): Promise<TestAnswer> {
    return this.home.call('POST', `/flow_runs/${id}/set_state`, { state });
  }

  /** Somebody stops the execution that works for a run; Step Functions' event of it comes as the cloud's own do. */
  async stopExecution(id: string, delivery: Delivery = this.delivery): Promise<void> {
    const name = executionName(inputOf(await this.doc(id)));
    const execution = this.machine.executions.get(name);
    if (execution?.status !== 'running') return;
    this.machine.abort(name);
    this.tellOfExecution(execution, 'ABORTED', delivery);
  }

  /** As a rule of EventBridge calls Lambda: twice more when the function fails. */
  tellOfExecution(
    { input, startedAt }: SimulatedExecution,
    status: ExecutionEnded['status'],
    delivery = this.delivery,
  ): void {
    const seconds = (this.clockwork.now().getTime() - startedAt.getTime()) / 1000;
    const deliver = (tries: number) => async (): Promise<void> => {
      await this.invoke('execution-ended', { input, status, seconds }).catch(() => {
        if (tries < 2) this.clockwork.after(60, deliver(tries + 1));
      });
    };
    for (const after of DELIVERED_AFTER[delivery]) this.clockwork.after(after, deliver(0));
  }

  containersOf(id: string): ContainerView[] {
    return this.fake.containers().filter(({ at }) => at.flowRunId === id);
  }

  async poolStatus(): Promise<string> {
    return (await this.home.call('GET', '/work_pools/pool')).body.status;
  }

  /** Somebody stores credentials in a block. */
  async storeBlock(): Promise<void> {
    const { body: type } = await this.home.call('POST', '/block_types/', { name: 'Keys', slug: 'keys' });
    const { body: schema } = await this.home.call('POST', '/block_schemas/', { block_type_id: type.id, fields: {} });
    const answer = await this.home.call('POST', '/block_documents/', {
      ...{ name: 'keys', data: {}, block_type_id: type.id, block_schema_id: schema.id },
    });
    if (answer.status >= 300) throw new Error(`${answer.status}: ${JSON.stringify(answer.body)}`);
  }

  /** The timers of pool watches and sweeps that are set. */
  ticks(): string[] {
    return this.#timerNames().filter((name) => name.startsWith('watch-') || name.startsWith('sweep-'));
  }

  /** The schedules of pool watches that are set. */
  watches(): string[] {
    return this.ticks().filter((name) => name.startsWith('watch-'));
  }

  async logsOf(id: string): Promise<string[]> {
    const answer = await this.home.call('POST', '/logs/filter', {
      logs: { flow_run_id: { any_: [id] } },
      sort: 'TIMESTAMP_ASC',
    });
    return answer.body.map(({ message }: { message: string }) => message);
  }

  async close(): Promise<void> {
    await this.fake.close();
    await this.home.close();
  }

  async #areOver(): Promise<boolean> {
    for (const id of this.runs) if (!(await this.#isOver(id))) return false;
    return true;
  }

  async #isOver(id: string): Promise<boolean> {
    const doc = await this.home.app.store.flowRuns.get(id);
    if (!doc) return true;
    const terminal = ['COMPLETED', 'FAILED', 'CRASHED', 'CANCELLED'].includes(doc.run.state_type ?? '');
    const kept = await this.home.app.store.table.get(keys.below('flowRun', id, `JOB#${doc.life.attempt}`));
    return terminal && doc.life.phase !== 'open' && !doc.life.previous && doc.run.infrastructure_pid === null && !kept;
  }

  #pump(): void {
    this.clockwork.after(PUMP_SECONDS, async () => this.#pump());
  }

  /** What the cloud has done since: containers that were made, events that were sent. */
  async #look(): Promise<void> {
    for (const view of this.fake.containers()) {
      if (this.#seen.has(view.name)) continue;
      this.#seen.add(view.name);
      this.clockwork.after(this.fake.startupSeconds, () => this.#begin(view.name));
    }
    for (const event of this.fake.takeEvents?.() ?? []) {
      const deliver = () =>
        this.invoke('container-ended', event).then(
          () => {},
          () => {},
        );
      for (const after of DELIVERED_AFTER[this.delivery]) this.clockwork.after(after, deliver);
    }
  }

  async #begin(name: string): Promise<void> {
    const find = () =>
      this.fake.containers().find((container) => container.name === name && container.phase === 'running');
    const view = find();
    if (!view) return;
    const run: RunningContainer = {
      view,
      after: (seconds, work) => this.clockwork.after(seconds, async () => void (find() && (await work()))),
      reports: (state) =>
        this.home.call(
          'POST',
          `/flow_runs/${view.env['PREFECT__FLOW_RUN_ID']}/set_state`,
          { state },
          {
            authorization: `Basic ${Buffer.from(view.env['PREFECT_API_AUTH_STRING'] ?? '').toString('base64')}`,
          },
        ),
      ends: (how) => {
        if (find()) this.fake.end(name, how);
      },
    };
    await this.#behaviours.get(view.at.flowRunId)?.(run);
  }
}

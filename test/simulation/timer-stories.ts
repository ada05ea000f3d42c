import { v7 } from 'uuid';
import { gateway } from '../functions/realtime/socket-client.ts';
import type { TimerStory, TimersInTime } from './timers.ts';

async function flowId(world: TimersInTime): Promise<string> {
  return (await world.call('POST', '/flows/', { name: 'shop' })).id;
}

const running = async (world: TimersInTime, flow: string): Promise<string> =>
  (await world.call('POST', '/flow_runs/', { flow_id: flow, state: { type: 'RUNNING' } })).id;

const setState = (world: TimersInTime, id: string, state: object) =>
  world.call('POST', `/flow_runs/${id}/set_state`, { state });

/** The names of the run's states, one after the other. */
async function statesOf(world: TimersInTime, id: string): Promise<string> {
  const states: { name: string; timestamp: string }[] = await world.call('GET', `/flow_run_states/?flow_run_id=${id}`);
  return states
    .sort((a, b) => (a.timestamp < b.timestamp ? -1 : 1))
    .map(({ name }) => name)
    .join(' ');
}

/** Without what a client said twice because it was not answered. */
const saidOnce = (states: string): string => states.replace(/\b(\w+)( \1)+\b/g, '$1');

interface Told {
  readonly id: string;
  readonly event: string;
}

/** The events of these names, each id once: readers know an id that they have seen. */
async function told(world: TimersInTime, ...prefix: string[]): Promise<Told[]> {
  const filter = { occurred: { since: '2027-01-01T00:00:00Z' }, event: { prefix }, order: 'ASC' };
  const { events } = await world.call('POST', '/events/filter', { filter, limit: 50 });
  return [...new Map<string, Told>(events.map((event: Told) => [event.id, event])).values()];
}

/** A sentence for what is not as it should be. */
const unless = (what: string, is: unknown, should: unknown): string[] =>
  JSON.stringify(is) === JSON.stringify(should) ? [] : [`${what}: ${JSON.stringify(is)}`];

const happened = (world: TimersInTime, event: string, order = '1') => ({
  id: v7(),
  occurred: world.now.toISOString(),
  event,
  resource: { 'prefect.resource.id': `order.${order}` },
});

/** Task workers as their clients are: what comes is acknowledged; whose home dies connects anew, through another socket. */
function taskWorkers(world: TimersInTime, received: string[]) {
  const sockets = gateway(world.home);
  let opened = 0;
  return async () => {
    let socket = '';
    const survive = async (work: () => Promise<unknown>): Promise<void> => {
      if (await world.survives(work)) return;
      sockets.gone.add(socket);
      await connect();
    };
    const connect = (): Promise<void> => {
      socket = `socket-${++opened}`;
      return survive(async () => {
        await sockets.open(socket, '/api/task_runs/subscriptions/scheduled');
        await sockets.send(socket, { type: 'subscribe', keys: ['t'], client_id: 'worker' });
      });
    };
    await connect();
    return {
      async work(minutes: number) {
        for (let minute = 0; minute < minutes; minute++) {
          for (const message of sockets.take(socket)) {
            received.push(String(message['id']));
            await survive(() => sockets.send(socket, { type: 'ack' }));
          }
          await world.go(60);
        }
      },
      vanish: () => void sockets.gone.add(socket),
    };
  };
}

export const TIMER_STORIES: readonly TimerStory[] = [
  {
    name: 'a pause that nobody resumes, one that is resumed, and cancelling that nobody reports',
    async prepare(world) {
      const flow = await flowId(world);
      return {
        paused: await running(world, flow),
        resumed: await running(world, flow),
        cancelling: await running(world, flow),
      };
    },
    async happens(world, ids) {
      const pause = {
        type: 'PAUSED',
        state_details: { pause_timeout: new Date(world.now.getTime() + 60_000).toISOString() },
      };
      await setState(world, ids['paused']!, pause);
      await setState(world, ids['resumed']!, pause);
      await setState(world, ids['cancelling']!, { type: 'CANCELLING' });
      await world.go(30);
      await setState(world, ids['resumed']!, { type: 'RUNNING' });
      await world.go(600);
    },
    async wrong(world, ids) {
      const ended = await told(world, 'prefect.flow-run.Failed', 'prefect.flow-run.Cancelled');
      return [
        ...unless('paused', await statesOf(world, ids['paused']!), 'Running Paused Failed'),
        ...unless('resumed', saidOnce(await statesOf(world, ids['resumed']!)), 'Running Paused Running'),
        ...unless('cancelling', await statesOf(world, ids['cancelling']!), 'Running Cancelling Cancelled'),
        ...unless('ends told', ended.map(({ event }) => event).sort(), [
          'prefect.flow-run.Cancelled',
          'prefect.flow-run.Failed',
        ]),
        ...unless('timers left', world.names, []),
      ];
    },
  },
  {
    name: 'what a cancelled run left running',
    async prepare(world) {
      const parent = await running(world, await flowId(world));
      const task = { flow_run_id: parent, task_key: 't', dynamic_key: '0', state: { type: 'RUNNING' } };
      return { parent, task: (await world.call('POST', '/task_runs/', task)).id };
    },
    async happens(world, ids) {
      await setState(world, ids['parent']!, { type: 'CANCELLED' });
      await world.go(60);
    },
    async wrong(world, ids) {
      const { state } = await world.call('GET', `/task_runs/${ids['task']}`);
      return [
        ...unless('task run', [state.type, state.message], ['CANCELLED', 'The parent flow run was cancelled.']),
        ...unless('parent', saidOnce(await statesOf(world, ids['parent']!)), 'Running Cancelled'),
        ...unless('timers left', world.names, []),
      ];
    },
  },
  {
    name: 'a worker that polls and then is silent',
    async prepare(world) {
      await world.call('POST', '/work_pools/', { name: 'p', type: 'process' });
      const flow = await flowId(world);
      const deployment = { name: 'd', flow_id: flow, work_pool_name: 'p' };
      return { deployment: (await world.call('POST', '/deployments/', deployment)).id };
    },
    async happens(world) {
      for (let times = 0; times < 3; times++) {
        await world.call('POST', '/work_pools/p/workers/heartbeat', { name: 'w', heartbeat_interval_seconds: 30 });
        await world.call('POST', '/work_pools/p/get_scheduled_flow_runs', {});
        await world.go(30);
      }
      await world.go(600);
    },
    async wrong(world, ids) {
      const { doc: pool } = (await world.home.app.store.announcedStatuses.read('workPool', await poolId(world))) ?? {};
      const queue = (await world.call('GET', '/work_pools/p/queues/default')).id;
      const told = await world.home.app.store.announcedStatuses.read('workQueue', queue);
      const { status } = await world.call('GET', `/deployments/${ids['deployment']}`);
      return [
        ...unless(
          'told of pool, queue and deployment',
          [pool?.status, told?.doc.status, status],
          ['NOT_READY', 'NOT_READY', 'NOT_READY'],
        ),
        ...unless('timers left', world.names, []),
      ];
    },
  },
  {
    name: 'a deployment that is served and then is not',
    async prepare(world) {
      return {
        deployment: (await world.call('POST', '/deployments/', { name: 'd', flow_id: await flowId(world) })).id,
      };
    },
    async happens(world, ids) {
      await world.call('POST', '/deployments/get_scheduled_flow_runs', { deployment_ids: [ids['deployment']] });
      await world.go(40);
      await world.call('POST', '/deployments/get_scheduled_flow_runs', { deployment_ids: [ids['deployment']] });
      await world.go(600);
    },
    async wrong(world, ids) {
      const { status } = await world.call('GET', `/deployments/${ids['deployment']}`);
      return [...unless('deployment', status, 'NOT_READY'), ...unless('timers left', world.names, [])];
    },
  },
  {
    name: 'a task worker that takes a task, is silent for half an hour and goes without a word',
    async prepare() {
      return { first: v7(), second: v7() };
    },
    async happens(world, ids) {
      const received: string[] = [];
      const worker = taskWorkers(world, received);
      const delay = (id: string) =>
        world.call('POST', '/task_runs/', {
          id,
          task_key: 't',
          dynamic_key: id,
          state: { type: 'SCHEDULED', state_details: { deferred: true, task_parameters_id: v7() } },
        });
      const first = await worker();
      await delay(ids['first']!);
      await first.work(30);
      first.vanish();
      await delay(ids['second']!);
      const second = await worker();
      await second.work(30);
      second.vanish();
      await world.go(1800);
      Object.assign(ids, { received: [...new Set(received)].join(' ') });
    },
    async wrong(world, ids) {
      const { received = '' } = ids;
      const missing = [ids['first']!, ids['second']!].filter((id) => !received.includes(id));
      return [...unless('tasks that no worker got', missing, []), ...unless('timers left', world.names, [])];
    },
  },
  {
    name: 'an automation that misses something, and runs a deployment once for it',
    async prepare(world) {
      const deployment = await world.call('POST', '/deployments/', { name: 'd', flow_id: await flowId(world) });
      const trigger = {
        type: 'event',
        posture: 'Proactive',
        after: ['order.placed'],
        expect: ['order.paid'],
        threshold: 1,
        within: 60,
      };
      const run = { type: 'run-deployment', source: 'selected', deployment_id: deployment.id };
      await world.call('POST', '/automations/', {
        name: 'reminder',
        trigger: { ...trigger, for_each: ['prefect.resource.id'] },
        actions: [run],
        actions_on_trigger: [{ type: 'do-nothing' }],
      });
      return {};
    },
    async happens(world) {
      const send = (...events: object[]) => world.call('POST', '/events', events);
      await send(happened(world, 'order.placed', '1'), happened(world, 'order.placed', '2'));
      await world.go(30);
      await send(happened(world, 'order.paid', '2'));
      await world.go(900);
    },
    async wrong(world) {
      const events = await told(world, 'prefect.automation.');
      const ends = events.map(({ event }) => event.replace('prefect.automation.', '')).sort();
      const should = [
        'action.executed',
        'action.executed',
        'action.triggered',
        'action.triggered',
        'created',
        'triggered',
      ];
      return [
        ...unless('runs', await world.call('POST', '/flow_runs/count', {}), 1),
        ...unless('events', ends, should),
        ...unless(
          'timers left',
          world.names.filter((name) => !name.startsWith('late-')),
          [],
        ),
      ];
    },
  },
  {
    name: 'an automation that counts, inside a sequence, and pauses a run',
    async prepare(world) {
      const event = (expect: string, threshold: number) => ({
        type: 'event',
        posture: 'Reactive',
        expect: [expect],
        threshold,
        within: threshold > 1 ? 600 : 0,
      });
      const run = await running(world, await flowId(world));
      const trigger = { type: 'sequence', triggers: [event('order.placed', 3), event('order.paid', 1)], within: 3600 };
      const actions = [{ type: 'do-nothing' }, { type: 'do-nothing' }];
      await world.call('POST', '/automations/', { name: 'counter', trigger, actions });
      return { run };
    },
    async happens(world) {
      for (let times = 0; times < 3; times++) {
        await world.call('POST', '/events', [happened(world, 'order.placed')]);
        await world.go(5);
      }
      await world.call('POST', '/events', [happened(world, 'order.paid')]);
      await world.go(900);
    },
    async wrong(world) {
      const events = await told(world, 'prefect.automation.triggered', 'prefect.automation.action.executed');
      const names = events.map(({ event }) => event.split('.').at(-1)).sort();
      return [
        ...unless('events', names, ['executed', 'executed', 'triggered']),
        ...unless('timers left', world.names, []),
      ];
    },
  },
];

async function poolId(world: TimersInTime): Promise<string> {
  return (await world.call('GET', '/work_pools/p')).id;
}

import { type ChildProcess, spawn } from 'node:child_process';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ensureVenv, PREFECT } from '../../infra/local/python-venv.ts';
import { type LocalHome, startLocalHome } from './local-home.ts';
import { type RealServer, startRealServer } from './real-server.ts';
import { FLOWS_FOLDER } from './runs.ts';
import { waitUntil } from './waiting.ts';

/** Its services look every two seconds, where ours have timers. */
const SETTINGS = {
  PREFECT_SERVER_SERVICES_EVENT_PERSISTER_FLUSH_INTERVAL: '1',
  PREFECT_SERVER_EVENTS_PROACTIVE_GRANULARITY: 'PT1S',
  PREFECT_SERVER_SERVICES_FOREMAN_LOOP_SECONDS: '2',
  PREFECT_SERVER_SERVICES_PAUSE_EXPIRATIONS_LOOP_SECONDS: '2',
  PREFECT_SERVER_SERVICES_REPOSSESSOR_LOOP_SECONDS: '2',
  PREFECT_SERVER_SERVICES_CANCELLATION_CLEANUP_LOOP_SECONDS: '2',
};
/** With `STORY=long` also what takes a minute: a lease whose holder was killed. */
const IS_LONG = process.env['STORY'] === 'long';
const PATIENCE = { seconds: IS_LONG ? 300 : 180, everyMilliseconds: 500 };

const event = (expected: string[], more: object = {}) => ({
  type: 'event',
  match: {},
  match_related: {},
  after: [],
  for_each: [],
  posture: 'Reactive',
  expect: expected,
  threshold: 1,
  within: 0,
  ...more,
});
const ENDS = ['Completed', 'Failed', 'Cancelled', 'Crashed'].map((name) => `prefect.flow-run.${name}`);

/** What Prefect's documentation recommends for runs whose process vanished, and others that watch the story. */
const AUTOMATIONS = [
  {
    name: 'zz-zombies',
    trigger: event(['prefect.flow-run.heartbeat', ...ENDS], {
      match: { 'prefect.resource.id': 'prefect.flow-run.*', 'prefect.resource.name': 'zz-zombie' },
      after: ['prefect.flow-run.heartbeat'],
      for_each: ['prefect.resource.id'],
      posture: 'Proactive',
      within: 10,
    }),
    actions: [{ type: 'change-flow-run-state', state: 'CRASHED', message: 'It was not heard of any more.' }],
  },
  { name: 'zz-failed', trigger: event(['prefect.flow-run.Failed']), actions: [{ type: 'do-nothing' }] },
  {
    name: 'zz-retrying',
    trigger: event(['prefect.flow-run.Running', 'prefect.flow-run.Retrying'], {
      match: { 'prefect.resource.name': 'zz-retried' },
      for_each: ['prefect.resource.id'],
      threshold: 2,
      within: 120,
    }),
    actions: [{ type: 'do-nothing' }],
  },
  {
    name: 'zz-crashed-after-failed',
    trigger: {
      type: 'sequence',
      within: 600,
      triggers: [
        event(['prefect.flow-run.Failed'], { match: { 'prefect.resource.name': 'zz-failing' } }),
        event(['prefect.flow-run.Crashed'], { match: { 'prefect.resource.name': 'zz-crashing' } }),
      ],
    },
    actions: [{ type: 'do-nothing' }],
  },
  { name: 'zz-no-workers', trigger: event(['prefect.work-pool.not-ready']), actions: [{ type: 'do-nothing' }] },
];

interface Side {
  readonly name: string;
  readonly apiUrl: string;
  readonly home: string;
  readonly children: ChildProcess[];
}

let bin: string;
let real: RealServer;
let local: LocalHome;
let sides: { theirs: Side; ours: Side };

beforeAll(async () => {
  bin = await ensureVenv(PREFECT);
  [real, local] = await Promise.all([startRealServer(bin, [], SETTINGS), startLocalHome({ bin })]);
  sides = {
    theirs: { name: "Prefect's server", apiUrl: real.apiUrl, home: real.home, children: [] },
    ours: { name: 'ours', apiUrl: local.apiUrl, home: local.clientEnv['PREFECT_HOME']!, children: [] },
  };
});
afterAll(async () => {
  for (const { children } of Object.values(sides ?? {})) for (const child of children) kill(child);
  await Promise.all([real?.stop(), local?.stop()]);
});

/** The same story on a real server and on ours, played by Prefect's own engine and worker, which are killed. */
describe("a story played by Prefect's engine", () => {
  it(
    'leads to the same states, events and automation runs on both',
    async () => {
      const [theirs, ours] = await Promise.all([play(sides.theirs), play(sides.ours)]);

      expect(ours.states).toEqual(theirs.states);
      expect(ours.events).toEqual(theirs.events);
      expect(theirs.states['zz-zombie']).toEqual(['Pending', 'Running', 'Crashed']);
    },
    IS_LONG ? 600_000 : 300_000,
  );
});

async function play(side: Side) {
  const { apiUrl } = side;
  await call(apiUrl, '/v2/concurrency_limits/', { name: 'zz-limit', limit: 1 });
  await call(apiUrl, '/work_pools/', { name: 'zz-pool', type: 'process' });
  for (const automation of AUTOMATIONS) await call(apiUrl, '/automations/', automation);
  const worker = start(side, 'prefect', [
    'worker',
    'start',
    '--pool',
    'zz-pool',
    '--name',
    'zz-worker',
    '--type',
    'process',
  ]);
  const zombie = start(side, 'python', ['story.py', 'hangs']);
  await Promise.all([
    ended(start(side, 'python', ['story.py', 'runs'])),
    says(zombie, 'here').then(async () => {
      await waitUntil(() => hasEvent(apiUrl, 'prefect.flow-run.heartbeat', 'zz-zombie'), {
        ...PATIENCE,
        what: 'a heartbeat',
      });
      kill(zombie);
    }),
    waitUntil(() => hasEvent(apiUrl, 'prefect.work-pool.ready'), { ...PATIENCE, what: 'the worker' }).then(() =>
      kill(worker),
    ),
  ]);
  if (IS_LONG) await loseLease(side);
  await waitUntil(async () => isOver(await outcome(apiUrl)), {
    ...PATIENCE,
    what: `the end of the story on ${side.name}`,
  }).catch(async (error) => expect.fail(`${error.message}\n${JSON.stringify(await outcome(apiUrl), null, 1)}`));
  return outcome(apiUrl);
}

/** Nothing more happens, and everything that did has been told: servers tell of it a little later. */
function isOver({ states, events }: Outcome): boolean {
  const acted = (name: string) => events[`prefect.automation.action.executed of ${name}`] ?? 0;
  return (
    states['zz-zombie']?.at(-1) === 'Crashed' &&
    Object.entries(states).every(([name, list]) => `prefect.flow-run.${list.at(-1)} of ${name}` in events) &&
    AUTOMATIONS.every(({ name }) => acted(name) >= (name === 'zz-failed' ? 2 : 1))
  );
}

/** Its holder is killed; whoever waits has the slot when the lease is over, a minute later. */
async function loseLease(side: Side): Promise<void> {
  const holder = start(side, 'python', ['story.py', 'holds']);
  await says(holder, 'here');
  // Its engine tells of the lease beside the flow: it may not be killed before.
  await waitUntil(
    async () => (await outcome(side.apiUrl)).events['prefect.concurrency-limit.acquired of zz-limit'] === 3,
    {
      ...PATIENCE,
      what: 'the event of the third lease',
    },
  );
  kill(holder);
  await ended(start(side, 'python', ['story.py', 'waits']));
}

interface Outcome {
  readonly states: Record<string, string[]>;
  readonly events: Record<string, number>;
}

/** The states of each run by its name, and how often each event was told of each thing. */
async function outcome(apiUrl: string): Promise<Outcome> {
  const runs = await call(apiUrl, '/flow_runs/filter', {});
  const states: Record<string, string[]> = {};
  for (const { id, name } of runs) {
    const list = await (await fetch(`${apiUrl}/flow_run_states/?flow_run_id=${id}`)).json();
    states[name] = (list as Entity[]).sort((a, b) => (a.timestamp < b.timestamp ? -1 : 1)).map((state) => state.name);
  }
  const events: Record<string, number> = {};
  const seen = new Set<string>();
  for await (const told of allEvents(apiUrl)) {
    if (LEFT_OUT.test(told.event) || seen.has(told.id)) continue;
    seen.add(told.id);
    const what = told.resource['prefect.resource.name'] ?? told.payload?.task_run?.name;
    const line = `${told.event} of ${isGenerated(told.event, what) ? 'a new run' : String(what).replace(/-[0-9a-f]{3}$/, '')}`;
    events[line] = (events[line] ?? 0) + 1;
  }
  return { states, events: Object.fromEntries(Object.entries(events).sort(([a], [b]) => (a < b ? -1 : 1))) };
}

/** What depends on how long things took, and logs. */
const LEFT_OUT = /heartbeat|log\.write|prefect\.worker\.|^prefect\.work-queue\.|^prefect\.block-|keep-alive/;
/** A run has such a name until its engine gives it its own. */
const isGenerated = (event: string, name: unknown) =>
  event.startsWith('prefect.flow-run.') && !String(name).startsWith('zz-');

async function* allEvents(apiUrl: string): AsyncGenerator<Entity> {
  let page = await call(apiUrl, '/events/filter', { filter: { order: 'ASC' }, limit: 50 });
  for (;;) {
    yield* page.events;
    if (!page.next_page) return;
    page = await (await fetch(page.next_page)).json();
  }
}

/** Whether the event was told, of something or of the thing of this name. */
async function hasEvent(apiUrl: string, name: string, of?: string): Promise<boolean> {
  const resource = of && { labels: { 'prefect.resource.name': of } };
  const filter = { event: { name: [name] }, ...(resource && { resource }) };
  const { events } = await call(apiUrl, '/events/filter', { filter, limit: 1 });
  return events.length > 0;
}

// biome-ignore lint/suspicious/noExplicitAny: answers are whatever JSON the servers send
type Entity = any;

async function call(apiUrl: string, route: string, body: object): Promise<Entity> {
  const headers = { 'content-type': 'application/json' };
  for (let attempt = 1; ; attempt++) {
    const answer = await fetch(`${apiUrl}${route}`, { method: 'POST', headers, body: JSON.stringify(body) });
    if (answer.ok) return answer.json();
    // SQLite under several services is locked now and then.
    if (answer.status < 500 || attempt === 5) throw new Error(`${route}: ${answer.status} ${await answer.text()}`);
  }
}

function start(side: Side, program: string, args: readonly string[]): ChildProcess {
  const child = spawn(path.join(bin, program), args, {
    cwd: FLOWS_FOLDER,
    env: {
      PATH: `${bin}:${process.env['PATH']}`,
      HOME: side.home,
      PREFECT_HOME: side.home,
      PREFECT_API_URL: side.apiUrl,
      PREFECT_FLOWS_HEARTBEAT_FREQUENCY: '30',
      PREFECT_WORKER_HEARTBEAT_SECONDS: '3',
      PREFECT_LOGGING_LEVEL: 'ERROR',
      DO_NOT_TRACK: '1',
    },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  side.children.push(child);
  return child;
}

const ended = (child: ChildProcess): Promise<void> =>
  new Promise((resolve) => {
    child.stdout!.resume();
    child.stderr!.resume();
    child.once('exit', () => resolve());
  });

/** Once it has printed a text. */
function says(child: ChildProcess, text: string): Promise<void> {
  let output = '';
  return new Promise((resolve, reject) => {
    for (const stream of [child.stdout!, child.stderr!])
      stream.on('data', (more) => {
        output += more;
        if (output.includes(text)) resolve();
      });
    child.once('exit', () => reject(new Error(`It ended:\n${output}`)));
  });
}

/** With all that it has started, and without a word. */
function kill(child: ChildProcess): void {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
  process.kill(-child.pid, 'SIGKILL');
}

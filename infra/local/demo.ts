import { spawn } from 'node:child_process';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { TerminalError } from '../../shared/domain/errors.ts';

export interface DemoOptions {
  readonly apiUrl: string;
  /** Null where the home asks for none. */
  readonly key: string | null;
  /** `bin` of a Python environment with Prefect. */
  readonly bin: string;
  /** A folder for the client's profile, so that the user's own stays as it is. */
  readonly prefectHome: string;
}

const EXAMPLES = path.join(import.meta.dirname, '../../examples');
const POOL = 'local';
const TERMINAL = ['COMPLETED', 'FAILED', 'CRASHED', 'CANCELLED'];

interface Run {
  readonly id: string;
  readonly name: string;
  readonly state_type: string;
  readonly state_name: string;
  readonly state: State;
}
interface State {
  readonly name: string;
  readonly message: string | null;
  readonly timestamp: string;
}
interface Log {
  readonly timestamp: string;
  readonly message: string;
}

/**
 * Sends `examples/hello` through a push work pool with the real Prefect CLI and shows what came of it: states, three task
 * runs, logs. May be called again on the same home. Throws a TerminalError when the flow does not complete.
 */
export async function runDemo(options: DemoOptions): Promise<void> {
  const api = client(options);
  if ((await api.get(`/work_pools/${POOL}`)) === null) {
    await prefect(options, ['work-pool', 'create', '--type', 'process:push', POOL]);
  }
  await prefect(options, ['--no-prompt', 'deploy', '--name', 'hello']);
  const triggered = Date.now();
  await prefect(options, ['deployment', 'run', 'hello/hello']);

  const [{ id }] = (await api.post('/flow_runs/filter', { sort: 'ID_DESC', limit: 1 })) as [Run];
  const run = await finished(() => api.get(`/flow_runs/${id}`) as Promise<Run>);
  await sleep(1000); // the last lines of the log and the last task events come after the run's own end

  const states = (await api.get(`/flow_run_states/?flow_run_id=${id}`)) as State[];
  print(`Flow run ${run.name}: states`);
  for (const state of states.toSorted((a, b) => (a.timestamp < b.timestamp ? -1 : 1))) {
    print(`  ${clock(state.timestamp)}  ${state.name}`);
  }
  const tasks = (await api.post('/task_runs/filter', {
    task_runs: { flow_run_id: { any_: [id] } },
    sort: 'EXPECTED_START_TIME_ASC',
  })) as Run[];
  print(`Task runs: ${tasks.length}`);
  for (const task of tasks) print(`  ${task.name.padEnd(20)}${task.state_name}`);
  print('Logs');
  const logs = (await api.post('/logs/filter', { logs: { flow_run_id: { any_: [id] } } })) as Log[];
  for (const log of logs) print(`  ${clock(log.timestamp)}  ${log.message}`);

  if (run.state_type !== 'COMPLETED' || tasks.length !== 3) {
    throw new TerminalError('demo', `${run.state_name}: ${run.state.message} (${tasks.length} task runs instead of 3)`);
  }
  print(`Completed, ${((Date.now() - triggered) / 1000).toFixed(1)} s after "prefect deployment run".`);
  print(`\nServing. In another terminal:\n\n  export PREFECT_API_URL=${options.apiUrl}`);
  if (options.key) print(`  export PREFECT_API_AUTH_STRING=${options.key}`);
  print(`  export PATH=${options.bin}:$PATH\n  prefect deployment run hello/hello --watch\n\nCtrl-C ends it.`);
}

/** Runs the CLI in `examples/`, its words and output shown; throws a TerminalError when it fails. */
function prefect({ apiUrl, key, bin, prefectHome }: DemoOptions, args: readonly string[]): Promise<void> {
  print(`\n$ prefect ${args.join(' ')}`);
  const child = spawn(path.join(bin, 'prefect'), args, {
    cwd: EXAMPLES,
    stdio: ['ignore', 'inherit', 'inherit'],
    env: {
      ...process.env,
      PREFECT_API_URL: apiUrl,
      PREFECT_HOME: prefectHome,
      ...(key ? { PREFECT_API_AUTH_STRING: key } : {}),
      DO_NOT_TRACK: '1',
    },
  });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('exit', (code) =>
      code === 0 ? resolve() : reject(new TerminalError('demo', `prefect ${args.join(' ')} ended with ${code}`)),
    );
  });
}

async function finished(read: () => Promise<Run>): Promise<Run> {
  let shown = '';
  for (;;) {
    const run = await read();
    if (run.state_name !== shown) print(`${clock(run.state.timestamp)}  ${run.state_name}`);
    if (TERMINAL.includes(run.state_type)) return run;
    shown = run.state_name;
    await sleep(200);
  }
}

function client({ apiUrl, key }: DemoOptions) {
  const send = async (method: string, route: string, body?: unknown): Promise<unknown> => {
    const answer = await fetch(`${apiUrl}${route}`, {
      method,
      headers: { 'content-type': 'application/json', ...(key ? { authorization: `Bearer ${key}` } : {}) },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    if (answer.status === 404) return null;
    if (!answer.ok) throw new TerminalError('demo', `${method} ${route}: ${answer.status} ${await answer.text()}`);
    return answer.json();
  };
  return {
    get: (route: string) => send('GET', route),
    post: (route: string, body: unknown) => send('POST', route, body),
  };
}

const clock = (timestamp: string) => timestamp.slice(11, 23);

function print(line: string): void {
  console.log(line);
}

import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import { waitUntil } from '../conformance/waiting.ts';

const ROOT = path.join(import.meta.dirname, '../..');
export const POOL = 'bench';
/** As many as Prefect's client makes. */
const CLIENT_ATTEMPTS = 6;

/** One of the two that are compared: an API and the environment of its clients. */
export interface Side {
  readonly name: string;
  readonly apiUrl: string;
  readonly bin: string;
  /** PREFECT_HOME of its clients. */
  readonly home: string;
  readonly poolType: 'process' | 'process:push';
}

/** Seconds of one run, from the call that asked for it. */
export interface RunTimes {
  readonly submitted: number;
  readonly running: number;
  readonly completed: number;
}

export function clientEnv({ apiUrl, bin, home }: Side): Record<string, string> {
  return {
    PATH: `${bin}:${process.env['PATH']}`,
    HOME: home,
    PREFECT_HOME: home,
    PREFECT_API_URL: apiUrl,
    PREFECT_CLI_COLORS: 'false',
    DO_NOT_TRACK: '1',
  };
}

// biome-ignore lint/suspicious/noExplicitAny: answers are whatever JSON the API sends
export async function call(side: Side, method: string, route: string, body?: unknown): Promise<any> {
  for (let attempt = 1; ; attempt++) {
    const answer = await fetch(`${side.apiUrl}${route}`, {
      method,
      headers: { 'content-type': 'application/json' },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    if (answer.ok) return text === '' ? null : JSON.parse(text);
    // Prefect's server on SQLite answers so when its database is locked; clients ask again, and so the time counts.
    if (answer.status === 503 && attempt < CLIENT_ATTEMPTS) continue;
    throw new Error(`${side.name}: ${method} ${route} was answered ${answer.status}: ${text.slice(0, 300)}`);
  }
}

/** A pool and the hello flow deployed to it, with the real client; the deployment's id. */
export async function deploy(side: Side): Promise<string> {
  const prefect = (...args: string[]) =>
    promisify(execFile)(path.join(side.bin, 'prefect'), ['--no-prompt', ...args], {
      cwd: path.join(ROOT, 'examples/hello'),
      env: clientEnv(side),
    });
  await prefect('work-pool', 'create', POOL, '--type', side.poolType);
  await prefect('deploy', 'flow.py:hello', '--name', 'bench', '--pool', POOL);
  return (await call(side, 'GET', '/deployments/name/hello/bench')).id;
}

/** One run of the flow, to its end; its id and what its states say of the time. */
export async function timeRun(side: Side, deploymentId: string): Promise<{ id: string; times: RunTimes }> {
  const asked = Date.now();
  const { id } = await call(side, 'POST', `/deployments/${deploymentId}/create_flow_run`, {});
  await waitUntil(
    async () => {
      const { state_type: type } = await call(side, 'GET', `/flow_runs/${id}`);
      if (['FAILED', 'CRASHED', 'CANCELLED'].includes(type)) throw new Error(`${side.name}: the run ended ${type}`);
      return type === 'COMPLETED';
    },
    { seconds: 120, what: `${side.name}'s run to end`, everyMilliseconds: 200 },
  );
  const states: { type: string; timestamp: string }[] = await call(side, 'GET', `/flow_run_states/?flow_run_id=${id}`);
  const at = (type: string) => {
    const first = states
      .filter((state) => state.type === type)
      .toSorted((a, b) => (a.timestamp < b.timestamp ? -1 : 1))[0];
    return (Date.parse(first?.timestamp ?? '') - asked) / 1000;
  };
  return { id, times: { submitted: at('PENDING'), running: at('RUNNING'), completed: at('COMPLETED') } };
}

/** The median milliseconds of each call, asked one after the other. */
export async function timeCalls(side: Side, deploymentId: string, runId: string): Promise<Record<string, number>> {
  const log = { name: 'bench', level: 20, message: 'a line', timestamp: new Date().toISOString(), flow_run_id: runId };
  const flow = await call(side, 'POST', '/flows/', { name: 'bench' });
  const calls: Record<string, () => Promise<unknown>> = {
    'read a run': () => call(side, 'GET', `/flow_runs/${runId}`),
    'filter 20 runs': () => call(side, 'POST', '/flow_runs/filter', { limit: 20, sort: 'START_TIME_DESC' }),
    'count runs': () => call(side, 'POST', '/flow_runs/count', { deployments: { id: { any_: [deploymentId] } } }),
    'write a log line': () => call(side, 'POST', '/logs/', [log]),
    'read 100 log lines': () =>
      call(side, 'POST', '/logs/filter', { logs: { flow_run_id: { any_: [runId] } }, limit: 100 }),
    'create a run': () => call(side, 'POST', '/flow_runs/', { flow_id: flow.id, state: { type: 'PENDING' } }),
  };
  const medians: Record<string, number> = {};
  for (const [name, ask] of Object.entries(calls)) {
    const taken: number[] = [];
    for (let round = 0; round < 60; round++) {
      const begun = performance.now();
      await ask();
      taken.push(performance.now() - begun);
    }
    medians[name] = median(taken.slice(10)); // the first ones warm both up
  }
  return medians;
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

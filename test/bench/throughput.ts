import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { type RealServer, startRealServer } from '../conformance/real-server.ts';
import { freePort, waitUntil } from '../conformance/waiting.ts';
import { type Ask, type Load, startClients } from './load.ts';
import { NoPostgreSql, type PostgreSql, startPostgreSql } from './postgresql.ts';

const ROOT = path.join(import.meta.dirname, '../..');
const CLIENTS = 16;
/** Requests of each kind, and of each kind before that warm both sides up. */
const REQUESTS = Number(process.env['BENCH_REQUESTS'] ?? 480);
const WARM_UP = 64;

interface Measured extends Load {
  /** Milliseconds of processor time that a request took of pushpool's home; the only figure that other load does not change. */
  readonly cpu: number;
}

/**
 * Sixteen clients at once against pushpool's local home in a process of its own, then the same requests against Prefect's server on
 * PostgreSQL (on SQLite, with a sentence that says why, where there is none). What either does not answer with success is shown.
 */
export async function printThroughput(bin: string, folder: string): Promise<void> {
  const ours = await measureOurs(folder);
  const { loads: theirs, database } = await measureTheirs(bin);
  console.log(`\n${CLIENTS} clients at once, ${REQUESTS} requests of each kind; Prefect's server on ${database}`);
  console.log(`  ${''.padEnd(18)} ${'pushpool'.padStart(27)} ${'Prefect'.padStart(27)}`);
  const head = '/s'.padStart(7) + 'p50 ms'.padStart(10) + 'p95 ms'.padStart(10);
  console.log(`  ${''.padEnd(18)} ${head} ${head} ${'ratio'.padStart(8)} ${'CPU ms'.padStart(8)}`);
  for (const [kind, load] of Object.entries(ours)) {
    const other = theirs[kind]!;
    const ratio = (load.perSecond / other.perSecond).toFixed(1);
    console.log(
      `  ${kind.padEnd(18)} ${columns(load)} ${columns(other)} ${ratio.padStart(7)}× ${load.cpu.toFixed(2).padStart(8)}`,
    );
  }
  for (const [side, loads] of Object.entries({ pushpool: ours, Prefect: theirs })) {
    for (const [kind, { errors }] of Object.entries(loads)) {
      if (errors.length > 0) console.log(`  ${side}, ${kind}: ${errors.length} errors, the first: ${errors[0]}`);
    }
  }
}

const columns = ({ perSecond, p50, p95 }: Load): string =>
  perSecond.toFixed(0).padStart(7) + p50.toFixed(1).padStart(10) + p95.toFixed(1).padStart(10);

async function measureOurs(folder: string): Promise<Record<string, Measured>> {
  const port = await freePort();
  const args = [
    ...(process.env['BENCH_PROFILE'] ? ['--cpu-prof', `--cpu-prof-dir=${process.env['BENCH_PROFILE']}`] : []),
  ];
  const main = path.join(ROOT, 'infra/local/main.ts');
  const home = spawn(
    process.execPath,
    [...args, main, '--port', String(port), '--data', path.join(folder, 'throughput')],
    {
      stdio: ['ignore', 'ignore', 'inherit'],
    },
  );
  try {
    const apiUrl = `http://127.0.0.1:${port}/api`;
    await answering(apiUrl, home);
    return await measure(apiUrl, () => cpuMilliseconds(home.pid));
  } finally {
    const ended = new Promise((resolve) => home.once('exit', resolve));
    home.kill('SIGTERM');
    await ended;
  }
}

async function measureTheirs(bin: string): Promise<{ loads: Record<string, Measured>; database: string }> {
  const database = await startPostgreSql().catch((error: unknown) => {
    if (!(error instanceof NoPostgreSql)) throw error;
    console.log(`\n${error.message}`);
    return null;
  });
  let server: RealServer | undefined;
  try {
    server = await startRealServer(bin, [], database ? { PREFECT_SERVER_DATABASE_CONNECTION_URL: database.url } : {});
    return { loads: await measure(server.apiUrl), database: nameOf(database) };
  } finally {
    await server?.stop();
    await database?.stop();
  }
}

const nameOf = (database: PostgreSql | null): string => (database ? `PostgreSQL ${database.version}` : 'SQLite');

/** User and system time of a process and its threads, where the system tells it. */
function cpuMilliseconds(pid: number | undefined): number {
  const file = `/proc/${pid}/stat`;
  if (!existsSync(file)) return Number.NaN;
  const stat = readFileSync(file, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) * CLOCK_TICK_MS;
}
/** Linux counts in hundredths of a second. */
const CLOCK_TICK_MS = 10;

async function answering(apiUrl: string, home: ChildProcess): Promise<void> {
  await waitUntil(
    async () => {
      if (home.exitCode !== null) throw new Error('The local home ended before it answered.');
      return fetch(`${apiUrl}/health`).then(
        (answer) => answer.ok,
        () => false, // not listening yet
      );
    },
    { seconds: 30, what: 'the local home to answer' },
  );
}

/** One kind after the other: runs are made, started, ended, logged to, and then read, listed and counted. */
async function measure(apiUrl: string, cpu: () => number = () => Number.NaN): Promise<Record<string, Measured>> {
  const clients = startClients(apiUrl, CLIENTS);
  const loads: Record<string, Measured> = {};
  try {
    const kind = async (name: string, asks: Ask[]) => {
      const begun = cpu();
      const { load, answers } = await clients.run(asks);
      loads[name] = { ...load, cpu: (cpu() - begun) / asks.length };
      return answers;
    };
    const { answers } = await clients.run([post('/flows/', { name: 'bench' })]);
    const flowId = answers[0].id;
    const deployment = post('/deployments/', { name: 'bench', flow_id: flowId });
    const deploymentId = (await clients.run([deployment])).answers[0].id;
    const create = post('/flow_runs/', {
      flow_id: flowId,
      deployment_id: deploymentId,
      state: { type: 'PENDING' },
      tags: ['a'],
    });
    await clients.run(times(WARM_UP, create));

    const runs = await kind('create a run', times(REQUESTS, create));
    const ids: string[] = runs.filter(Boolean).map(({ id }) => id);
    const half = ids.slice(0, Math.ceil(ids.length / 2));
    await kind('set a state', [
      ...half.map((id) => post(`/flow_runs/${id}/set_state`, { state: { type: 'RUNNING', name: 'Running' } })),
      ...half.map((id) => post(`/flow_runs/${id}/set_state`, { state: { type: 'COMPLETED', name: 'Completed' } })),
    ]);
    const line = (id: string, number: number) => ({
      ...{ name: 'prefect.flow_runs', level: 20, message: `line ${number} of a flow run that says what it does` },
      ...{ timestamp: new Date().toISOString(), flow_run_id: id },
    });
    await kind(
      'post 10 log lines',
      ids.map((id) =>
        post(
          '/logs/',
          Array.from({ length: 10 }, (_, n) => line(id, n)),
        ),
      ),
    );
    await kind(
      'read a run',
      ids.map((id) => ({ method: 'GET', route: `/flow_runs/${id}` })),
    );
    await kind('filter 20 runs', times(REQUESTS, post('/flow_runs/filter', { limit: 20, sort: 'START_TIME_DESC' })));
    await kind(
      "read a run's logs",
      ids.map((id) => post('/logs/filter', { logs: { flow_run_id: { any_: [id] } } })),
    );
    const ofDeployment = { deployments: { id: { any_: [deploymentId] } } };
    await kind('count runs', times(REQUESTS, post('/flow_runs/count', ofDeployment)));
    return loads;
  } finally {
    clients.close();
  }
}

const post = (route: string, body: unknown): Ask => ({ method: 'POST', route, body });
const times = (count: number, ask: Ask): Ask[] => Array.from({ length: count }, () => ask);

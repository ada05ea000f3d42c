import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { bundleFunctions } from '../../infra/aws/bundle.ts';
import { type Home, startHome } from '../../infra/local/home.ts';
import { ensureVenv, PREFECT } from '../../infra/local/python-venv.ts';
import { startRealServer } from '../conformance/real-server.ts';
import { waitUntil } from '../conformance/waiting.ts';
import { CLOUDS } from '../fakes/clouds.ts';
import { cloudCallsOfRun } from '../simulation/cloud-calls.ts';
import { costOfThousandRuns, usageMeter } from './costs.ts';
import { handOvers } from './punctuality.ts';
import { call, clientEnv, deploy, median, POOL, type RunTimes, type Side, timeCalls, timeRun } from './side.ts';
import { printThroughput } from './throughput.ts';

/**
 * `npm run bench`: pushpool's local home beside a real Prefect server with a worker, on this machine, in one go. Run by run in turn,
 * so that a machine that slows down slows both. Also what a run costs: API calls, DynamoDB units, billed transitions, requests to each
 * cloud; then both under 16 clients at once (`npm run bench -- throughput` is that alone).
 */
const RUNS = Number(process.env['BENCH_RUNS'] ?? 5);

/** From the call to the last line of help; the packed one starts faster than the sources (`npm run test:package` prints it). */
function printCommandLineStart(): void {
  const main = path.join(import.meta.dirname, '../../cli/main.ts');
  const seconds = Array.from({ length: 5 }, () => {
    const begun = performance.now();
    execFileSync(process.execPath, [main, '--help'], { stdio: 'ignore' });
    return (performance.now() - begun) / 1000;
  });
  console.log(`pushpool --help          ${Math.min(...seconds).toFixed(2)} s, to stay under 0.3 s`);
}

async function main(): Promise<void> {
  printCommandLineStart();
  const bin = await ensureVenv(PREFECT);
  process.env['PATH'] = `${bin}:${process.env['PATH']}`; // what the process target starts
  const folder = mkdtempSync(path.join(tmpdir(), 'pushpool-bench-'));
  try {
    if (process.argv[2] !== 'throughput') await compareRuns(bin, folder);
    await printThroughput(bin, folder);
  } finally {
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

async function compareRuns(bin: string, folder: string): Promise<void> {
  const lines: Record<string, unknown>[] = [];
  const meter = usageMeter();
  let busEvents = 0;
  const home = await startHome({
    dataFolder: path.join(folder, 'data'),
    port: 0,
    log: (line) => lines.push(line),
    onStateChange: () => {
      busEvents += 1;
    },
    meter,
  });
  const real = await startRealServer(bin, []);
  const ours: Side = { name: 'pushpool', apiUrl: home.apiUrl, bin, home: folder, poolType: 'process:push' };
  const theirs: Side = {
    name: 'Prefect server and worker',
    apiUrl: real.apiUrl,
    bin,
    home: real.home,
    poolType: 'process',
  };
  let worker: ChildProcess | undefined;
  try {
    const [oursId, theirsId] = [await deploy(ours), await deploy(theirs)];
    worker = await startWorker(theirs);
    const times = { ours: [] as RunTimes[], theirs: [] as RunTimes[] };
    let last = { ours: '', theirs: '' };
    for (let round = 0; round < RUNS; round++) {
      const [a, b] = [await timeRun(ours, oursId), await timeRun(theirs, theirsId)];
      times.ours.push(a.times);
      times.theirs.push(b.times);
      last = { ours: a.id, theirs: b.id };
    }
    const rows: [string, number, number][] = (['submitted', 'running', 'completed'] as const).map((what) => [
      `asked → ${what}, s`,
      median(times.ours.map((each) => each[what])),
      median(times.theirs.map((each) => each[what])),
    ]);
    print(`Medians of ${RUNS} runs of a flow with three tasks`, rows);
    const calls = [await timeCalls(ours, oursId, last.ours), await timeCalls(theirs, theirsId, last.theirs)] as const;
    const latencies = Object.keys(calls[0]).map((name): [string, number, number] => [
      `${name}, ms`,
      calls[0][name]!,
      calls[1][name]!,
    ]);
    print('Medians of 50 calls, one after the other', latencies);
    const waited = await handOvers(ours, oursId, { pool: POOL, limit: 1, runs: 12, jobVariables: { command: 'true' } });
    console.log(
      `\nOne slot, 12 runs that wait for it\n  slot freed → next submitted, s  ${median(waited.seconds).toFixed(3)}`,
    );
    await printCosts(home, ours, oursId, { lines, meter, busEvents: () => busEvents });
    await printCloudCalls();
    await printBundles(folder);
  } finally {
    worker?.kill('SIGKILL');
    await real.stop();
    await home.close();
  }
}

async function startWorker(side: Side): Promise<ChildProcess> {
  const args = ['worker', 'start', '--pool', 'bench', '--type', 'process'];
  const worker = spawn(path.join(side.bin, 'prefect'), args, { env: clientEnv(side), stdio: 'ignore' });
  await waitUntil(async () => (await call(side, 'POST', '/work_pools/bench/workers/filter', {})).length > 0, {
    seconds: 60,
    what: 'the worker to report',
  });
  return worker;
}

/** What one run of the flow costs in AWS: every billed service but the container itself (rule 26). */
async function printCosts(
  home: Home,
  side: Side,
  deploymentId: string,
  counted: { lines: Record<string, unknown>[]; meter: ReturnType<typeof usageMeter>; busEvents: () => number },
): Promise<void> {
  const [begun, eventsBefore] = [counted.lines.length, counted.busEvents()];
  counted.meter.take();
  const { id } = await call(side, 'POST', `/deployments/${deploymentId}/create_flow_run`, {});
  const engine = () => home.engine.report(`${id}-1-1`);
  await waitUntil(async () => engine()?.status === 'succeeded', { seconds: 120, what: 'the execution to end' });
  const transitions = engine()?.transitions ?? Number.NaN;
  const calls = counted.lines.slice(begun).filter((line) => typeof line['status'] === 'number').length;
  const usage = counted.meter.take();
  const lines = costOfThousandRuns(usage, transitions, calls, counted.busEvents() - eventsBefore);
  console.log('\nOne run');
  console.log(`  billed transitions   ${transitions}`);
  console.log(`  API calls            ${calls}`);
  console.log(`  DynamoDB units       ${usage.writeUnits} written, ${usage.readUnits} read`);
  console.log(`  Lambda               ${usage.invocations} calls, ${usage.gigabyteSeconds.toFixed(2)} GB s`);
  console.log('\nList price of 1,000 runs, beside their containers');
  for (const [service, dollars] of lines) console.log(`  ${service.padEnd(28)} $${dollars.toFixed(3)}`);
  console.log(`  ${'all'.padEnd(28)} $${lines.reduce((sum, [, dollars]) => sum + dollars, 0).toFixed(2)}`);
}

/** By what is asked; the names of jobs and groups left out. */
async function printCloudCalls(): Promise<void> {
  console.log('\nRequests to the cloud for a run of half a minute that goes well');
  for (const cloud of CLOUDS) {
    const calls = await cloudCallsOfRun(cloud);
    const kinds = calls.map((label) => label.split(' ').slice(0, 2).join(' '));
    console.log(`  ${cloud.name.padEnd(40)} ${calls.length}  ${kinds.join(', ')}`);
  }
}

async function printBundles(folder: string): Promise<void> {
  console.log('\nBundles, KB beside the AWS SDK');
  await bundleFunctions(path.join(folder, 'bundles'), (name, { ownBytes }) =>
    console.log(`  ${name.padEnd(20)} ${(ownBytes / 1000).toFixed(0).padStart(6)}`),
  );
}

function print(title: string, rows: readonly [string, number, number][]): void {
  console.log(`\n${title}`);
  console.log(`  ${''.padEnd(24)} ${'pushpool'.padStart(10)} ${'Prefect'.padStart(10)} ${'ratio'.padStart(8)}`);
  for (const [name, ours, theirs] of rows) {
    const digits = name.endsWith('ms') ? 1 : 2;
    const columns = [ours.toFixed(digits).padStart(10), theirs.toFixed(digits).padStart(10)];
    console.log(`  ${name.padEnd(24)} ${columns.join(' ')} ${(theirs / ours).toFixed(1).padStart(7)}×`);
  }
}

await main();

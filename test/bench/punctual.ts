import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startHome } from '../../infra/local/home.ts';
import { ensureVenv, PREFECT } from '../../infra/local/python-venv.ts';
import { handOvers, livesOf } from './punctuality.ts';
import { call, deploy, median, POOL, type Side } from './side.ts';

/**
 * `node test/bench/punctual.ts`: what limits and schedules promise on this machine, measured with the real client against the local home.
 * About five minutes; ends with exit code 1 when a promise is not kept.
 */
const AT_ONCE = { job_variables: { command: 'true' } };
const kept: boolean[] = [];

function say(promise: string, holds: boolean, measured: string): void {
  kept.push(holds);
  console.log(`${holds ? 'kept  ' : 'BROKEN'}  ${promise}: ${measured}`);
}

async function main(): Promise<void> {
  const bin = await ensureVenv(PREFECT);
  process.env['PATH'] = `${bin}:${process.env['PATH']}`; // what the process target starts
  const folder = mkdtempSync(path.join(tmpdir(), 'pushpool-punctual-'));
  const home = await startHome({ dataFolder: path.join(folder, 'data'), port: 0, log: () => {} });
  const side: Side = { name: 'pushpool', apiUrl: home.apiUrl, bin, home: folder, poolType: 'process:push' };
  try {
    const deploymentId = await deploy(side);
    await limitOfTwo(side, deploymentId);
    await everyFiveSeconds(side, deploymentId);
    await manyInOneSecond(side);
  } finally {
    await home.close();
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

async function limitOfTwo(side: Side, deploymentId: string): Promise<void> {
  const { most, seconds } = await handOvers(side, deploymentId, { pool: POOL, limit: 2, runs: 20 });
  say('a limit of 2 never lets 3 of 20 flows run', most <= 2, `at most ${most}`);
  const middle = median(seconds);
  say('slot freed → next submitted, median under 0.5 s', middle < 0.5, `${middle.toFixed(3)} s`);
}

async function everyFiveSeconds(side: Side, deploymentId: string): Promise<void> {
  const { flow_id } = await call(side, 'GET', `/deployments/${deploymentId}`);
  const body = { name: 'often', flow_id, work_pool_name: POOL, ...AT_ONCE };
  const { id } = await call(side, 'POST', '/deployments/', { ...body, schedules: [{ schedule: { interval: 5 } }] });
  await sleep(120_000);
  await call(side, 'POST', `/deployments/${id}/pause_deployment`);
  const runs: { id: string }[] = await call(side, 'POST', '/flow_runs/filter', {
    flow_runs: { deployment_id: { any_: [id] } },
  });
  const lives = await livesOf(
    side,
    runs.map((run) => run.id),
    60,
  );
  const late = lives.map(({ due, begins }) => (begins - due) / 1000);
  say('an interval of 5 s for 2 minutes makes every run', lives.length >= 23, `${lives.length} runs`);
  const apart = lives.map(({ due }) => due).toSorted((a, b) => a - b);
  const gaps = apart.slice(1).filter((due, place) => due - apart[place]! !== 5000).length;
  say('... without ghosts or gaps', gaps === 0, `${gaps} wrong steps`);
  const worst = Math.max(...late);
  say(
    '... each submitted within 1 s of its due time, none early',
    worst < 1 && Math.min(...late) >= 0,
    `${worst.toFixed(3)} s at most, median ${median(late).toFixed(3)} s`,
  );
}

async function manyInOneSecond(side: Side): Promise<void> {
  const flow = await call(side, 'POST', '/flows/', { name: 'many' });
  const due = new Date(Math.ceil(Date.now() / 1000) * 1000 + 45_000).toISOString();
  const schedule = { interval: 86_400, anchor_date: due, timezone: 'UTC' };
  for (let number = 0; number < 20; number++) {
    const schedules = Array.from({ length: 10 }, (_, index) => ({
      schedule,
      slug: `s-${index}`,
      max_scheduled_runs: 1,
    }));
    const body = { name: `d-${number}`, flow_id: flow.id, work_pool_name: POOL, ...AT_ONCE, schedules };
    await call(side, 'POST', '/deployments/', body);
  }
  const ids: string[] = [];
  for (const offset of [0, 100]) {
    const filter = { flows: { name: { any_: ['many'] } }, limit: 100, offset, sort: 'ID_DESC' };
    ids.push(...(await call(side, 'POST', '/flow_runs/filter', filter)).map((run: { id: string }) => run.id));
  }
  if (new Set(ids).size !== 200) throw new Error(`There are ${new Set(ids).size} upcoming runs, not 200.`);
  const lives = await livesOf(side, ids, 180);
  const late = lives.map(({ begins }) => (begins - Date.parse(due)) / 1000);
  const worst = Math.max(...late);
  say(
    '200 schedules due in one second are submitted within 10 s, none early',
    worst < 10 && Math.min(...late) >= 0,
    `${worst.toFixed(1)} s, median ${median(late).toFixed(1)} s`,
  );
}

await main();
process.exitCode = kept.every((holds) => holds) ? 0 : 1;

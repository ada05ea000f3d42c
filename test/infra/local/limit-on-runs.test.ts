import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Home, startHome } from '../../../infra/local/home.ts';
import { waitUntil } from '../../conformance/waiting.ts';
import { call, createRun, makePlace, type Place } from './push-pool.ts';

/** Real processes say when they begin and end; what they say at once is what ran at once. */
describe('a limit on the runs of the local home', () => {
  const dataFolder = mkdtempSync(join(tmpdir(), 'pushpool-limit-'));
  const diary = join(dataFolder, 'diary');
  let home: Home;
  let place: Place;
  beforeAll(async () => {
    home = await startHome({ dataFolder, port: 0 });
    place = await makePlace(home.apiUrl);
  });
  afterAll(async () => {
    await home.close();
    rmSync(dataFolder, { recursive: true, force: true });
  });

  const states = async (ids: readonly string[]) =>
    (await home.app.store.flowRuns.getMany(ids)).map(({ run }) => run.state_type);

  it('of 2 never lets 3 of 20 run, and all run', async () => {
    await call(home.apiUrl, 'PATCH', '/work_pools/local', { concurrency_limit: 2 });
    // The first run stays until a second one runs beside it.
    const notAlone = `until [ $(grep -c begins ${diary}) -ge 2 ]; do sleep 0.02; done`;
    const command = `sh -c 'echo begins >> ${diary}; ${notAlone}; sleep 0.05; echo ends >> ${diary}'`;

    const ids: string[] = [];
    for (let run = 0; run < 20; run++) ids.push(await createRun(home.app, place, command));
    while ((await states(ids)).some((type) => type !== 'COMPLETED')) await new Promise((done) => setTimeout(done, 100));

    let [now, most] = [0, 0];
    for (const line of readFileSync(diary, 'utf8').trim().split('\n')) {
      now += line === 'begins' ? 1 : -1;
      most = Math.max(most, now);
    }
    expect([now, most]).toEqual([0, 2]);
    // The slot of the last run is given back after its state is written.
    await waitUntil(async () => (await home.app.store.slots.taken(`POOL#${place.work_pool_id}`, new Date())) === 0, {
      seconds: 30,
      what: 'every slot to be given back',
    });
  }, 120_000);
});

import { startHome } from '../../../infra/local/home.ts';
import { createRun, makePlace, type Place } from './push-pool.ts';

/**
 * A home in a process of its own, to be killed. Argument: the data folder. Says `{ apiUrl }` when it is ready; for each
 * `{ command, dueInSeconds }` it stores a run and answers `{ created }`.
 */
const home = await startHome({
  dataFolder: process.argv[2] ?? '',
  port: 0,
  log: (line) => {
    if (line['level'] === 'ERROR') console.error(JSON.stringify(line));
  },
});
let place: Place | undefined;

process.on('message', async ({ command, dueInSeconds }: { command: string; dueInSeconds: number }) => {
  place ??= await makePlace(home.apiUrl);
  process.send?.({ created: await createRun(home.app, place, command, dueInSeconds) });
});
process.on('disconnect', () => process.exit());
process.send?.({ apiUrl: home.apiUrl });

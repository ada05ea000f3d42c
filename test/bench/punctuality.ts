import { waitUntil } from '../conformance/waiting.ts';
import { call, type Side } from './side.ts';

interface Life {
  readonly due: number;
  /** When it was submitted, and when it was over; milliseconds. */
  readonly begins: number;
  readonly ends: number;
}

const ENDS = ['COMPLETED', 'FAILED', 'CRASHED', 'CANCELLED'];

/** What is asked of runs that wait for a limit. */
export interface HandOvers {
  /** The most that were under way at once, from Pending to their end. */
  readonly most: number;
  /** From each slot that came back to the next submission, in seconds. */
  readonly seconds: readonly number[];
}

/** Has so many runs ask at once for a pool that lets `limit` of them run, and looks at what became of each. */
export async function handOvers(
  side: Side,
  deploymentId: string,
  given: { readonly pool: string; readonly limit: number; readonly runs: number; readonly jobVariables?: object },
): Promise<HandOvers> {
  await call(side, 'PATCH', `/work_pools/${given.pool}`, { concurrency_limit: given.limit });
  const ids: string[] = [];
  for (let run = 0; run < given.runs; run++) {
    const body = given.jobVariables ? { job_variables: given.jobVariables } : {};
    ids.push((await call(side, 'POST', `/deployments/${deploymentId}/create_flow_run`, body)).id);
  }
  const lives = await livesOf(side, ids, 60 + given.runs * 30);
  await call(side, 'PATCH', `/work_pools/${given.pool}`, { concurrency_limit: null });
  const begins = lives.map((life) => life.begins).toSorted((a, b) => a - b);
  const ends = lives.map((life) => life.ends).toSorted((a, b) => a - b);
  const most = Math.max(...begins.map((at) => lives.filter((life) => life.begins <= at && at < life.ends).length));
  const seconds = begins.slice(given.limit).map((at, place) => (at - (ends[place] ?? Number.NaN)) / 1000);
  return { most, seconds };
}

/** When these runs were due, submitted and over, once all are. */
export async function livesOf(side: Side, ids: readonly string[], seconds: number): Promise<Life[]> {
  await waitUntil(
    async () => {
      const filter = { flow_runs: { id: { any_: ids }, state: { type: { any_: ENDS } } } };
      return (await call(side, 'POST', '/flow_runs/count', filter)) === ids.length;
    },
    { seconds, what: `${ids.length} runs to end`, everyMilliseconds: 500 },
  );
  const lives: Life[] = [];
  for (const id of ids) {
    const run = await call(side, 'GET', `/flow_runs/${id}`);
    if (run.state_type !== 'COMPLETED')
      throw new Error(`The run ${run.name} ended ${run.state_name}: ${run.state.message}`);
    const states: { type: string; timestamp: string }[] = await call(
      side,
      'GET',
      `/flow_run_states/?flow_run_id=${id}`,
    );
    const first = (type: string) =>
      Math.min(...states.filter((state) => state.type === type).map((state) => Date.parse(state.timestamp)));
    lives.push({ due: Date.parse(run.expected_start_time), begins: first('PENDING'), ends: first('COMPLETED') });
  }
  return lives;
}

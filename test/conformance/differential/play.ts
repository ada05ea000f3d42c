import { setTimeout as sleep } from 'node:timers/promises';
import { scenarioOf } from '../terraform/life.ts';
import { LIVES } from '../terraform/lives.ts';
import { type AllowedDifference, isAllowed, type NormalAnswer } from './allowed-differences.ts';
import { differences, Normaliser } from './normalise.ts';
import { ARTIFACTS } from './requests/artifacts.ts';
import { AUTOMATIONS } from './requests/automations.ts';
import { BLOCKS } from './requests/blocks.ts';
import { BLOCKS_AND_VARIABLES } from './requests/blocks-and-variables.ts';
import { CONCURRENCY_LIMITS } from './requests/concurrency-limits.ts';
import { DEPLOYMENTS } from './requests/deployments.ts';
import { SOME_TRANSITIONS } from './requests/every-transition.ts';
import { FLOW_RUNS } from './requests/flow-runs.ts';
import { FLOWS } from './requests/flows.ts';
import { FOUND } from './requests/found.ts';
import { FOUND_IN_LISTS } from './requests/found-in-lists.ts';
import { FOUND_WRONG_BODIES } from './requests/found-wrong-bodies.ts';
import { SCHEDULES_AND_BULK } from './requests/schedules-and-bulk.ts';
import { SUITE } from './requests/suite/index.ts';
import { TASK_RUNS } from './requests/task-runs.ts';
import { THE_SERVER } from './requests/the-server.ts';
import { WORK_POOLS } from './requests/work-pools.ts';
import { WORK_QUEUES } from './requests/work-queues.ts';
import { resolve, type Scenario } from './scenario.ts';

export const SCENARIOS = [
  ...FLOWS,
  ...WORK_POOLS,
  ...WORK_QUEUES,
  ...DEPLOYMENTS,
  ...SCHEDULES_AND_BULK,
  ...FLOW_RUNS,
  ...TASK_RUNS,
  ...SOME_TRANSITIONS,
  ...ARTIFACTS,
  ...BLOCKS_AND_VARIABLES,
  ...BLOCKS,
  ...CONCURRENCY_LIMITS,
  ...AUTOMATIONS,
  ...THE_SERVER,
  ...FOUND,
  ...FOUND_IN_LISTS,
  ...FOUND_WRONG_BODIES,
  ...SUITE,
  ...LIVES.map(scenarioOf),
];

export interface Played {
  readonly call: string;
  readonly answer: NormalAnswer;
}

/** As Prefect's client does: a server that is busy (SQLite's lock, a lost race) is asked again. */
const PATIENCE = 10;

/** Sends every request of the scenario, with these headers; what came back, call by call, normalised. */
export async function play(
  apiUrl: string,
  { steps }: Scenario,
  headers: Readonly<Record<string, string>> = {},
): Promise<Played[]> {
  const answers = new Map<string, unknown>();
  const normaliser = new Normaliser();
  const played: Played[] = [];
  for (const [call, body, as] of steps) {
    const [method, path] = call.split(' ') as [string, string];
    const response = await ask(`${apiUrl}${resolve(path, answers)}`, {
      method,
      headers: { ...headers, ...(body !== undefined && { 'content-type': 'application/json' }) },
      ...(body !== undefined && { body: JSON.stringify(resolve(body, answers)) }),
    });
    const text = await response.text();
    const parsed = parse(text);
    if (as) answers.set(as, parsed);
    played.push({ call, answer: { status: response.status, body: normaliser.normalise(parsed) } });
  }
  return played;
}

/** An input of a run is answered as its text, whatever that is. */
function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

async function ask(url: string, request: RequestInit): Promise<Response> {
  for (let attempt = 1; ; attempt++) {
    const response = await fetch(url, request);
    if (response.status !== 503 || attempt === PATIENCE) return response;
    await sleep(attempt * 100);
  }
}

/** Where our answers differ from Prefect's and may not; entries of the allow-list that were needed are added to `used`. */
export function unlike(theirs: readonly Played[], ours: readonly Played[], used: Set<AllowedDifference>) {
  return theirs.flatMap(({ call, answer }, index) => {
    const answers = { theirs: answer, ours: ours[index]!.answer };
    return (['status', 'body'] as const)
      .flatMap((part) => differences(answers.theirs[part], answers.ours[part], part))
      .filter((difference) => !isAllowed(call, difference, answers, used))
      .map(({ pointer, theirs, ours }) => ({ step: index + 1, call, pointer, theirs, ours }));
  });
}

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ensureVenv, PREFECT } from '../../../infra/local/python-venv.ts';
import { type LocalHome, startLocalHome } from '../local-home.ts';
import { type RealServer, startRealServer } from '../real-server.ts';
import { ALLOWED_DIFFERENCES, type AllowedDifference, isAllowed } from './allowed-differences.ts';
import { differences, Normaliser } from './normalise.ts';
import { BLOCKS_AND_VARIABLES } from './requests/blocks-and-variables.ts';
import { DEPLOYMENTS } from './requests/deployments.ts';
import { FLOW_RUNS } from './requests/flow-runs.ts';
import { FLOWS } from './requests/flows.ts';
import { TASK_RUNS } from './requests/task-runs.ts';
import { WORK_POOLS } from './requests/work-pools.ts';
import { resolve, type Scenario } from './scenario.ts';

const SCENARIOS = [...FLOWS, ...WORK_POOLS, ...DEPLOYMENTS, ...FLOW_RUNS, ...TASK_RUNS, ...BLOCKS_AND_VARIABLES];

let real: RealServer;
let local: LocalHome;
const used = new Set<AllowedDifference>();

beforeAll(async () => {
  const bin = await ensureVenv(PREFECT);
  [real, local] = await Promise.all([startRealServer(bin), startLocalHome({ bin })]);
});
afterAll(() => Promise.all([real?.stop(), local?.stop()]));

/** Sends every request of the scenario; what came back, call by call, normalised. */
async function play(apiUrl: string, { steps }: Scenario) {
  const answers = new Map<string, unknown>();
  const normaliser = new Normaliser();
  const played: { call: string; answer: Record<string, unknown> }[] = [];
  for (const [call, body, as] of steps) {
    const [method, path] = call.split(' ') as [string, string];
    const response = await fetch(`${apiUrl}${resolve(path, answers)}`, {
      method,
      ...(body === undefined
        ? {}
        : { body: JSON.stringify(resolve(body, answers)), headers: { 'content-type': 'application/json' } }),
    });
    const text = await response.text();
    const parsed: unknown = text === '' ? '' : JSON.parse(text);
    if (as) answers.set(as, parsed);
    played.push({ call, answer: { status: response.status, body: normaliser.normalise(parsed) } });
  }
  return played;
}

describe.sequential('pushpool and Prefect answer alike', () => {
  it.each(SCENARIOS.map((scenario) => [scenario.name, scenario] as const))('%s', async (_, scenario) => {
    const [theirs, ours] = await Promise.all([play(real.apiUrl, scenario), play(local.apiUrl, scenario)]);

    const found = theirs.flatMap(({ call, answer }, index) =>
      Object.keys(answer)
        .flatMap((part) => differences(answer[part], ours[index]!.answer[part], part))
        .filter((difference) => !isAllowed(call, difference, used))
        .map(({ pointer, theirs, ours }) => ({ step: index + 1, call, pointer, theirs, ours })),
    );

    expect(found).toEqual([]);
  });

  it('every allowed difference is still one', () => {
    expect(ALLOWED_DIFFERENCES.filter((entry) => !used.has(entry)).map((entry) => entry.reason)).toEqual([]);
  });
});

import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ensureVenv, PREFECT } from '../../../infra/local/python-venv.ts';
import { type LocalHome, startLocalHome } from '../local-home.ts';
import { type RealServer, startRealServer } from '../real-server.ts';
import { ALLOWED_DIFFERENCES, type AllowedDifference } from './allowed-differences.ts';
import { sequences } from './generated/sequences.ts';
import { inWorld } from './generated/world.ts';
import { play, SCENARIOS, unlike } from './play.ts';

const SEED = 20261124;
const SEQUENCES = 20;

let real: RealServer;
let local: LocalHome;
const used = new Set<AllowedDifference>();

beforeAll(async () => {
  const bin = await ensureVenv(PREFECT);
  [real, local] = await Promise.all([startRealServer(bin), startLocalHome({ bin })]);
});
afterAll(() => Promise.all([real?.stop(), local?.stop()]));

describe.sequential('pushpool and Prefect answer alike', () => {
  it.each(SCENARIOS.map((scenario) => [scenario.name, scenario] as const))('%s', async (_, scenario) => {
    const [theirs, ours] = await Promise.all([play(real.apiUrl, scenario), play(local.apiUrl, scenario)]);

    expect(unlike(theirs, ours, used)).toEqual([]);
  });

  it('after any sequence of operations over a small world', async () => {
    const alike = fc.asyncProperty(sequences(), async (sequence) => {
      const scenario = inWorld(sequence);
      const [theirs, ours] = await Promise.all([play(real.apiUrl, scenario), play(local.apiUrl, scenario)]);
      expect(unlike(theirs, ours, used)).toEqual([]);
    });

    // `many-seeds.ts` plays more of them, and finds the shortest sequence that differs.
    await fc.assert(alike, { seed: SEED, numRuns: SEQUENCES, endOnFailure: true });
  });

  it('every allowed difference is still one', () => {
    expect(ALLOWED_DIFFERENCES.filter((entry) => !used.has(entry)).map((entry) => entry.reason)).toEqual([]);
  });
});

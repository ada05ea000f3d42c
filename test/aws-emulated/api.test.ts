import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { ensureVenv, PREFECT } from '../../infra/local/python-venv.ts';
import type { AllowedDifference } from '../conformance/differential/allowed-differences.ts';
import { play, SCENARIOS, unlike } from '../conformance/differential/play.ts';
import { type RealServer, startRealServer } from '../conformance/real-server.ts';
import { deniedRequests } from './permissions.ts';

const apiUrl = inject('apiUrl');
const authorization = `Bearer ${inject('adminKey')}`;
let real: RealServer;

beforeAll(async () => {
  real = await startRealServer(await ensureVenv(PREFECT));
});
afterAll(() => real?.stop());

describe('the deployed stack and Prefect answer alike', () => {
  it.each(SCENARIOS.map((scenario) => [scenario.name, scenario] as const))('%s', async (_, scenario) => {
    const used = new Set<AllowedDifference>();

    const theirs = await play(real.apiUrl, scenario);
    const ours = await play(apiUrl, scenario, { authorization });

    expect(unlike(theirs, ours, used)).toEqual([]);
  });
});

describe('the deployed API', () => {
  it('answers health without a key and everything else with 401', async () => {
    const health = await fetch(`${apiUrl}/health`);
    const flows = await fetch(`${apiUrl}/flows/filter`, { method: 'POST' });

    expect([health.status, await health.json()]).toEqual([200, true]);
    expect(flows.status).toBe(401);
  });

  it('refuses a body over 5 MiB with 413 and goes on', async () => {
    const body = JSON.stringify({ name: 'x'.repeat(5.5 * 1024 * 1024) });
    const headers = { authorization, 'content-type': 'application/json' };

    const refused = await fetch(`${apiUrl}/flows/`, { method: 'POST', headers, body });
    const after = await fetch(`${apiUrl}/health`);

    expect([refused.status, after.status]).toEqual([413, 200]);
  });

  it('serves the page that CloudFront shows in place of 500 and 504', async () => {
    const answer = await fetch(`${apiUrl.replace('/api', '')}/unavailable`);

    expect(await answer.json()).toEqual({ exception_message: 'Service Unavailable' });
  });
});

describe('roles', () => {
  it('grant everything that the functions asked for', () => {
    expect(deniedRequests(inject('emulatorFolder'))).toEqual([]);
  });
});

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ensureVenv, PREFECT } from '../../../infra/local/python-venv.ts';
import { type LocalHome, startLocalHome } from '../local-home.ts';
import { complaints } from './life.ts';
import { DATA_SOURCES, LIVES } from './lives.ts';

let home: LocalHome;
beforeAll(async () => {
  home = await startLocalHome({ bin: await ensureVenv(PREFECT) });
});
afterAll(() => home?.stop());

describe("Terraform's provider keeps without complaint", () => {
  it.each([...LIVES, DATA_SOURCES].map((life) => [life.name, life] as const))('%s', async (_, life) => {
    expect(await complaints(home.apiUrl, life)).toEqual([]);
  });
});

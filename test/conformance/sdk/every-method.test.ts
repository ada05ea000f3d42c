import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ensureVenv, PREFECT } from '../../../infra/local/python-venv.ts';
import { type LocalHome, startLocalHome } from '../local-home.ts';

interface Report {
  /** Why, by the name of the case. */
  readonly failed: Readonly<Record<string, string>>;
  /** Public methods that no case calls. */
  readonly left_out: readonly string[];
  readonly called: number;
}

let home: LocalHome;
let reports: Readonly<Record<string, Report>>;

beforeAll(async () => {
  home = await startLocalHome({ bin: await ensureVenv(PREFECT) });
  const printed = await home.python([path.join(import.meta.dirname, 'every_method.py'), 'async', 'sync']);
  reports = JSON.parse(printed.split('\n').find((line) => line.startsWith('{'))!); // warnings may stand around it
});
afterAll(() => home?.stop());

describe.each(['async', 'sync'])("every public method of Prefect's %s client", (kind) => {
  it('does here what it is for', () => {
    expect(reports[kind]!.failed).toEqual({});
  });

  it('is called by a case, or has no operation of the API', () => {
    expect(reports[kind]!.left_out).toEqual([]);
    expect(reports[kind]!.called).toBeGreaterThan(125);
  });
});

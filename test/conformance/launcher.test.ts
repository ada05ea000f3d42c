import { execFile } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ensureVenv, OLDER_PREFECT, PREFECT } from '../../infra/local/python-venv.ts';
import { launcherCommand } from '../../shared/domain/launcher.ts';
import { type StrictEventsServer, startStrictEventsServer } from './strict-events-server.ts';

const run = promisify(execFile);
const EMIT = path.join(import.meta.dirname, 'flows', 'emit.py');

let server: StrictEventsServer;
let folder: string;
let present: string;
let older: string;

beforeAll(async () => {
  [present, older] = (await Promise.all([PREFECT, OLDER_PREFECT].map(ensureVenv))) as [string, string];
  folder = mkdtempSync(path.join(tmpdir(), 'pushpool-launcher-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));
beforeEach(async () => {
  server = await startStrictEventsServer();
  return () => server.close();
});

/** Sends events of these sizes from a process that `command` becomes, with that environment's Prefect. */
async function emit(bin: string, command: string, sizes: number[]) {
  const home = mkdtempSync(path.join(folder, 'home-'));
  writeFileSync(path.join(home, 'prefect'), `#!/bin/sh\nexec python ${EMIT} ${sizes.join(' ')}\n`);
  chmodSync(path.join(home, 'prefect'), 0o755);
  await run('sh', ['-c', command], {
    env: {
      PATH: `${home}:${bin}:/usr/bin:/bin`,
      HOME: home,
      PREFECT_HOME: home,
      PREFECT_API_URL: server.apiUrl,
      PREFECT_API_AUTH_STRING: 'the run token',
    },
  });
  return server.arrived.map((event) => `${Number.parseInt(event.id.replaceAll('-', ''), 16)} by ${event.by}`);
}

describe.sequential('events behind a gateway that closes at 32 KB', () => {
  it('arrive in order when one of them is too large for the socket', async () => {
    const arrived = await emit(present, launcherCommand(), [10, 200_000, 10, 40_000, 10]);

    expect(arrived).toEqual(['0 by socket', '1 by post', '2 by socket', '3 by post', '4 by socket']);
    expect(new Set(server.arrived.map((event) => event.authorization))).toEqual(
      new Set([`Basic ${Buffer.from('the run token').toString('base64')}`]),
    );
  });

  it('are sent again when the API asks for patience', async () => {
    server.refuseNextPosts(2);

    const arrived = await emit(present, launcherCommand(), [40_000, 10]);

    expect(arrived).toEqual(['0 by post', '1 by socket']);
  });

  it('all go by POST from a Prefect that does not authenticate on sockets', async () => {
    const arrived = await emit(older, launcherCommand(), [10, 200_000, 10]);

    expect(arrived).toEqual(['0 by post', '1 by post', '2 by post']);
  });
});

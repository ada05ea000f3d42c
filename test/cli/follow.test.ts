import type { AddressInfo } from 'node:net';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { lineFeed } from '../../cli/commands/flow-run/line-feed.ts';
import { openClient } from '../../shared/api/client/client.ts';
import type { NewLog } from '../../shared/domain/log.ts';
import { call } from '../infra/local/push-pool.ts';
import { type CommandLineAtHome, startCommandLine } from './command-line.ts';

let cli: CommandLineAtHome;
let wire: Wire;
beforeAll(async () => {
  cli = await startCommandLine();
  wire = await startWire(Number(new URL(cli.home.apiUrl).port));
});
afterAll(async () => {
  await wire.close();
  await cli.close();
});

/** What lies between the command line and the home: it can be cut, and how much goes over it is known. */
interface Wire {
  readonly apiUrl: string;
  /** Breaks every connection; new ones are refused until `mend`. */
  cut(): void;
  mend(): void;
  /** Sockets that were let in so far. */
  upgrades: number;
  close(): Promise<void>;
}

async function startWire(port: number): Promise<Wire> {
  const open = new Set<Socket>();
  let whole = true;
  const server: Server = createServer((near) => {
    if (!whole) {
      near.destroy();
      return;
    }
    const far = connect(port, '127.0.0.1');
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      open.add(one);
      one.on('error', () => other.destroy()).on('close', () => open.delete(one) && other.destroy());
    }
    far.on('data', (data) => {
      if (data.subarray(0, 12).toString() === 'HTTP/1.1 101') wire.upgrades++;
    });
    near.pipe(far).pipe(near);
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  return {
    apiUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}/api`,
    cut() {
      whole = false;
      for (const each of open) each.destroy();
    },
    mend() {
      whole = true;
    },
    upgrades: 0,
    close: () =>
      new Promise((done) => {
        wire.cut();
        server.close(() => done());
      }),
  };
}

async function startRun(): Promise<{
  id: string;
  state(type: string): Promise<void>;
  write(lines: NewLog[]): Promise<void>;
}> {
  const { apiUrl } = cli.home;
  const flow = await call(apiUrl, 'POST', '/flows/', { name: 'talks' });
  const made = await call(apiUrl, 'POST', '/flow_runs/', { flow_id: flow.body.id, state: { type: 'RUNNING' } });
  return {
    id: made.body.id,
    async state(type) {
      await call(apiUrl, 'POST', `/flow_runs/${made.body.id}/set_state`, { state: { type } });
    },
    async write(lines) {
      const { status } = await call(apiUrl, 'POST', '/logs/', lines);
      expect(status).toBe(201);
    },
  };
}

const linesOf = (id: string, process: number, count: number, from: number, first: number): NewLog[] =>
  Array.from({ length: count }, (_, index) => ({
    ...{ name: `process-${process}`, level: 20, flow_run_id: id, message: `${process}:${first + index}` },
    timestamp: new Date(from + index).toISOString(),
  }));

describe('watching a run that writes thousands of lines', () => {
  it('shows each line once and those of a process in their order, also when it is cut off twice', {
    timeout: 60_000,
  }, async () => {
    const run = await startRun();
    const shown: string[] = [];
    const watching = cli.run(['flow-run', 'watch', run.id, '--json'], { env: { PREFECT_API_URL: wire.apiUrl } });
    await vi.waitFor(() => expect(wire.upgrades).toBe(2), { timeout: 10_000 });

    // two processes; the second sends what it writes a batch later than the first
    const [batches, size, began] = [20, 100, Date.now()];
    for (let batch = 0; batch <= batches; batch++) {
      if (batch === 5 || batch === 12) wire.cut();
      if (batch === 8 || batch === 15) {
        const before = wire.upgrades;
        wire.mend();
        if (batch === 8) await vi.waitFor(() => expect(wire.upgrades).toBe(before + 2), { timeout: 20_000 });
      }
      if (batch < batches) await run.write(linesOf(run.id, 1, size, began + batch * size, batch * size));
      if (batch > 0) await run.write(linesOf(run.id, 2, size, began + (batch - 1) * size, (batch - 1) * size));
    }
    await run.state('COMPLETED');
    const { exitCode, stdout, stderr } = await watching;

    for (const line of stdout
      .trim()
      .split('\n')
      .map((text) => JSON.parse(text)))
      if (line.message) shown.push(line.message);
    const inOrder = (process: number) => Array.from({ length: batches * size }, (_, index) => `${process}:${index}`);
    expect(exitCode).toBe(0);
    expect(stderr).toContain('Trying again.');
    for (const process of [1, 2])
      expect(shown.filter((line) => line.startsWith(`${process}:`))).toEqual(inOrder(process));
    expect(stdout).toContain('"Completed"');
  });

  it('lets what is heard wait for what was missed before it', async () => {
    const run = await startRun();
    const client = openClient({ apiUrl: cli.home.apiUrl });
    const [began, missed, heard] = [0, 1, 2].map((first) => linesOf(run.id, 1, 1, Date.now() + first, first));
    const shown: string[] = [];
    const feed = lineFeed(client, run.id, (line) => shown.push(line.message));
    await run.write(began!);
    await feed.read();
    await run.write(missed!);
    await run.write(heard!);
    const newest = (await client.logs.ofFlowRun(run.id)).at(-1)!;

    feed.fallBehind();
    feed.hear(newest);
    const before = [...shown];
    await feed.read();
    feed.hear(newest);

    expect(before).toEqual(['1:0']);
    expect(shown).toEqual(['1:0', '1:1', '1:2']);
  });

  it('remembers what may come again, and not the whole log', async () => {
    const run = await startRun();
    const client = openClient({ apiUrl: cli.home.apiUrl });
    const minutes = 50;
    const lines = linesOf(run.id, 1, minutes * 60, 0, 0).map((line, second) => ({
      ...line,
      timestamp: new Date(Date.now() - (minutes * 60 - second) * 1000).toISOString(),
    }));
    for (let at = 0; at < lines.length; at += 600) await run.write(lines.slice(at, at + 600));
    const shown: string[] = [];

    const feed = lineFeed(client, run.id, (line) => shown.push(line.message));
    await feed.read();
    const again = await feed.read();

    expect(shown).toEqual(lines.map(({ message }) => message));
    expect(again).toBe(false);
    expect(feed.remembered()).toBeLessThan(30);
  });
});

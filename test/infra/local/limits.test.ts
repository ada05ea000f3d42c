import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { WebSocket } from 'ws';
import { startDatabase } from '../../../infra/local/database.ts';
import { createFunctions } from '../../../infra/local/lambda.ts';
import { LIMITS } from '../../../infra/local/limits.ts';
import { createEngine } from '../../../infra/local/step-functions.ts';
import { type Gateway, openGateway } from './gateway.ts';

/** Line by line the table "Limits that shape the code" of docs/architecture.md. */

describe('HTTP requests', () => {
  let gateway: Gateway;
  afterEach(() => gateway.close());
  const post = async (body: Buffer | string) => await fetch(gateway.url, { method: 'POST', body: body as never });

  it('end after 30 s at the gateway: 503', async () => {
    gateway = await openGateway({ api: () => new Promise(() => {}) }, { integrationSeconds: 0.1 });

    expect((await fetch(gateway.url)).status).toBe(503);
    expect(LIMITS.http.integrationSeconds).toBe(30);
  });

  it('carry at most 10 MB to the gateway: 413, and the connection serves on', async () => {
    gateway = await openGateway({});

    const answer = await post(Buffer.alloc(10 * 1024 * 1024 + 1, 'a'));

    expect(answer.status).toBe(413);
    expect((await post('small')).status).toBe(200);
  });

  it('carry at most 6 MB to the function, envelope included: 413', async () => {
    let received = 0;
    gateway = await openGateway({
      api: (event: APIGatewayProxyEventV2) => {
        received = event.body?.length ?? 0;
        return { statusCode: 200 };
      },
    });
    const text = { method: 'POST', headers: { 'content-type': 'text/plain' } };

    const over = await fetch(gateway.url, { ...text, body: 'a'.repeat(6 * 1024 * 1024) });
    const under = await fetch(gateway.url, { ...text, body: 'a'.repeat(6 * 1024 * 1024 - 4000) });

    expect([over.status, under.status]).toEqual([413, 200]);
    expect(received).toBe(6 * 1024 * 1024 - 4000);
  });

  it('bring back at most 6 MB from the function: 503', async () => {
    gateway = await openGateway({ api: () => ({ statusCode: 200, body: 'a'.repeat(6 * 1024 * 1024) }) });

    expect((await fetch(gateway.url)).status).toBe(503);
  });

  it('have 10,240 bytes of request line and header values: 431', async () => {
    gateway = await openGateway({});
    const status = async (bytes: number) =>
      (await fetch(`${gateway.url}/?${'q'.repeat(bytes)}`, { headers: { 'x-long': 'h'.repeat(5000) } })).status;

    expect(await status(4900)).toBe(200);
    expect(await status(5300)).toBe(431);
    expect(await status(70_000)).toBe(431);
    expect(await status(10)).toBe(200);
  });
});

describe('WebSocket messages of a client', () => {
  let gateway: Gateway;
  let bodies: number[];
  let ws: WebSocket;
  const connect = async (options = {}) => {
    bodies = [];
    gateway = await openGateway(
      {
        realtime: ({ body }: { body?: string }) => {
          if (body !== undefined) bodies.push(body.length);
          return { statusCode: 200 };
        },
      },
      options,
    );
    ws = new WebSocket(`${gateway.wsUrl}/api/events/in`);
    await once(ws, 'open');
  };
  const closeCode = async () => ((await once(ws, 'close')) as [number])[0];
  afterEach(() => gateway.close());

  it('have frames of at most 32 KB, else close 1009', async () => {
    await connect();
    ws.send('a'.repeat(32 * 1024));
    await vi.waitFor(() => expect(bodies).toEqual([32 * 1024]));

    ws.send('a'.repeat(32 * 1024 + 1));
    ws.send('after it');

    expect(await closeCode()).toBe(1009);
    expect(bodies).toEqual([32 * 1024]);
  });

  it('are at most 128 KB in all their frames, else close 1009', async () => {
    await connect();
    const fragmented = (bytes: number) => {
      for (let left = bytes; left > 0; left -= 32 * 1024) {
        ws.send('a'.repeat(Math.min(left, 32 * 1024)), { fin: left <= 32 * 1024 });
      }
    };
    fragmented(128 * 1024);
    await vi.waitFor(() => expect(bodies).toEqual([128 * 1024]));

    fragmented(128 * 1024 + 1);

    expect(await closeCode()).toBe(1009);
    expect(bodies).toEqual([128 * 1024]);
  });

  it('are text: binary frames close 1003', async () => {
    await connect();

    ws.send(Buffer.from('{}'));

    expect(await closeCode()).toBe(1003);
    expect(bodies).toEqual([]);
  });

  it('are at most 128 KB from us as well', async () => {
    await connect();

    await expect(gateway.sockets.post('any', 'a'.repeat(128 * 1024 + 1))).rejects.toThrow(/128 KB/);
  });
});

describe('A WebSocket connection', () => {
  let gateway: Gateway;
  afterEach(() => gateway.close());
  const connect = async (options: { idleSeconds?: number; connectionSeconds?: number }) => {
    gateway = await openGateway({}, options);
    const ws = new WebSocket(gateway.wsUrl);
    await once(ws, 'open');
    const openedMs = Date.now();
    const closed = (async () => {
      const [code] = (await once(ws, 'close')) as [number];
      return { code, afterMs: Date.now() - openedMs };
    })();
    return { ws, closed };
  };

  it('ends after 10 minutes without a message, pings or not: 1001', async () => {
    const { ws, closed } = await connect({ idleSeconds: 0.4 });
    const pings = setInterval(() => ws.ping(), 50);
    setTimeout(() => ws.send('stirred'), 200);

    const { code, afterMs } = await closed;
    clearInterval(pings);

    expect(code).toBe(1001);
    expect(afterMs).toBeGreaterThan(550);
    expect(LIMITS.websocket.idleSeconds).toBe(600);
  });

  it('ends after 2 hours in all, whatever is said: 1001', async () => {
    const { ws, closed } = await connect({ connectionSeconds: 0.3 });
    const messages = setInterval(() => ws.send('x'), 50);

    const { code, afterMs } = await closed;
    clearInterval(messages);

    expect(code).toBe(1001);
    expect(afterMs).toBeGreaterThan(250);
    expect(LIMITS.websocket.connectionSeconds).toBe(7200);
  });
});

describe('A DynamoDB item', () => {
  it('has at most 400 KB: refused by the embedded engine', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'pushpool-test-'));
    const database = await startDatabase(folder, { onFailure: (error) => expect.fail(String(error)) });
    const put = async (bytes: number) =>
      await database.putRaw({ pk: { S: 'BIG' }, sk: { S: '-' }, d: { S: 'a'.repeat(bytes) } });

    await put(400 * 1024 - 10);
    await expect(put(400 * 1024)).rejects.toThrow(/Item size has exceeded the maximum allowed size/);

    await database.close();
    rmSync(folder, { recursive: true });
  });
});

describe('An execution', () => {
  const run = async (answer: () => unknown) => {
    const folder = mkdtempSync(join(tmpdir(), 'pushpool-test-'));
    const functions = createFunctions();
    functions.register('step', answer);
    const invoke = {
      Type: 'Task',
      Resource: 'arn:aws:states:::lambda:invoke',
      Parameters: { FunctionName: 'step', Payload: {} },
      OutputPath: '$.Payload',
      Catch: [{ ErrorEquals: ['States.ALL'], Next: 'Caught' }],
      Next: 'Step',
    };
    const engine = createEngine({
      definition: { StartAt: 'Step', States: { Step: invoke, Caught: { Type: 'Succeed' } } },
      substitutions: {},
      dataFolder: folder,
      functions,
      log: () => {},
    });
    const input = { contract: 1, flow_run_id: 'r', attempt: 1, generation: 1, until: '2026-01-01T00:00:00Z' } as const;
    await engine.start('x', input);
    await vi.waitFor(() => expect(engine.report('x')?.status).not.toBe('running'), { timeout: 60_000 });
    const report = engine.report('x')!;
    await expect(engine.start('x'.repeat(81), input)).rejects.toThrow(/80 characters/);
    engine.close();
    rmSync(folder, { recursive: true });
    return report;
  };

  it('carries at most 256 KB of state, and no Catch sees it end', async () => {
    const report = await run(() => 'a'.repeat(256 * 1024));

    expect(report).toMatchObject({ status: 'failed', states: ['Step'] });
  });

  it('has at most 25,000 events: five for each call of a function', async () => {
    const report = await run(() => ({}));

    expect(report.status).toBe('failed');
    expect(report.states.length).toBeGreaterThan(4_990);
    expect(report.states.length).toBeLessThan(5_010);
  });
});

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Log } from '../../../shared/domain/log.ts';
import { type TestApp, testApp } from '../../test-app.ts';
import { type Gateway, gateway } from './socket-client.ts';

const RUN = '0194a5c8-0000-7000-8000-00000000000b';
const OTHER = '0194a5c8-0000-7000-8000-00000000000c';

describe('/logs/out', () => {
  let home: TestApp;
  let sockets: Gateway;
  beforeAll(async () => {
    home = await testApp();
    sockets = gateway(home);
  });
  afterAll(() => home.close());

  const line = (message: string, flowRunId: string | null, level = 20) => ({
    name: 'prefect.flow_runs',
    level,
    message,
    timestamp: '2026-11-24T05:00:00Z',
    flow_run_id: flowRunId,
    task_run_id: null,
  });
  const messages = (id: string): string[] => sockets.take(id).map((message) => (message['log'] as Log).message);

  it('sends the lines that the filter wants as they are written, and nothing of before', async () => {
    await home.call('POST', '/logs/', [line('before', RUN)]);
    await sockets.open('a', '/api/logs/out');
    await sockets.send('a', {
      type: 'filter',
      filter: { level: { ge_: 20, le_: null }, timestamp: null, flow_run_id: { any_: [RUN] }, task_run_id: null },
    });

    await home.call('POST', '/logs/', [line('one', RUN), line('quiet', RUN, 10), line('two', RUN), line('x', OTHER)]);

    expect(messages('a')).toEqual(['one', 'two']);
    await sockets.disconnect('a');
  });

  it('sends a line with the id under which it is stored', async () => {
    await sockets.open('b', '/api/logs/out');
    await sockets.send('b', { type: 'filter', filter: {} });

    await home.call('POST', '/logs/', [line('same', OTHER)]);

    const [sent] = sockets.take('b');
    const read = await home.call('POST', '/logs/filter', {
      logs: { flow_run_id: { any_: [OTHER] }, text: { query: 'same' } },
    });
    expect(sent).toEqual({ type: 'log', log: read.body[0] });
    await sockets.disconnect('b');
  });

  it('cuts a line that is longer than a message may be', async () => {
    await sockets.open('c', '/api/logs/out');
    await sockets.send('c', { type: 'filter', filter: {} });

    await home.call('POST', '/logs/', [line('y'.repeat(500_000), RUN)]);

    const [sent] = sockets.take('c');
    expect(JSON.stringify(sent).length).toBeLessThan(128 * 1024);
    await sockets.disconnect('c');
  });

  it('closes on a filter with an unknown key', async () => {
    await sockets.open('d', '/api/logs/out');

    await sockets.send('d', { type: 'filter', filter: { colour: 'red' } });

    expect(sockets.take('d')).toEqual([{ type: 'error', reason: 'Invalid filter: filter: unknown key "colour"' }]);
    expect(sockets.closed).toContain('d');
  });
});

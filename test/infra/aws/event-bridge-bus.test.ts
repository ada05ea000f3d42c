import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventBridgeBus } from '../../../infra/aws/runtime/event-bridge-bus.ts';
import type { FlowRunStateChange } from '../../../shared/domain/events/flow-run-state-change.ts';

const CHANGE: FlowRunStateChange = {
  flow_run: {
    id: '01a20e3a-c39b-778a-a9b5-e10a4a215fc9',
    name: 'quiet-heron',
    tags: ['t'],
    run_count: 1,
    auto_scheduled: false,
    expected_start_time: '2026-11-24T10:00:00.000000Z',
    start_time: '2026-11-24T10:00:01.000000Z',
    end_time: null,
  },
  state: { id: 's', type: 'RUNNING', name: 'Running', message: null, timestamp: '2026-11-24T10:00:01.000000Z' },
  previous_state: { type: 'PENDING', name: 'Pending' },
  flow: { id: 'f', name: 'etl' },
  deployment: null,
  work_pool: null,
  work_queue: null,
};

/** As much of EventBridge as PutEvents needs: it remembers entries, and refuses as many calls as it is told. */
class FakeEventBridge {
  readonly entries: Record<string, unknown>[] = [];
  refusals = 0;
  readonly server: Server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const refuses = this.refusals-- > 0;
    if (!refuses) this.entries.push(...JSON.parse(Buffer.concat(chunks).toString()).Entries);
    const refused = { ErrorCode: 'InternalFailure', ErrorMessage: 'try again' };
    response.setHeader('content-type', 'application/x-amz-json-1.1');
    response.end(
      JSON.stringify({ FailedEntryCount: refuses ? 1 : 0, Entries: [refuses ? refused : { EventId: 'e' }] }),
    );
  });
}

describe('the bus on EventBridge', () => {
  const fake = new FakeEventBridge();
  let client: EventBridgeClient;
  beforeAll(async () => {
    await once(fake.server.listen(0, '127.0.0.1'), 'listening');
    const { port } = fake.server.address() as AddressInfo;
    client = new EventBridgeClient({
      endpoint: `http://127.0.0.1:${port}`,
      region: 'eu-central-1',
      credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
    });
  });
  afterAll(() => {
    client.destroy();
    fake.server.close();
  });

  it('gets one entry a change: source, type, the state’s time, the run as resource', async () => {
    await eventBridgeBus(client, 'pushpool').put(CHANGE);

    const [entry] = fake.entries;
    expect(entry).toMatchObject({
      EventBusName: 'pushpool',
      Source: 'pushpool',
      DetailType: 'Flow Run State Change',
      Resources: [CHANGE.flow_run.id],
      Time: Date.parse('2026-11-24T10:00:01Z') / 1000,
    });
    expect(JSON.parse(entry?.['Detail'] as string)).toEqual(CHANGE);
  });

  it('that does not take an entry is a passing fault, though it answers 200', async () => {
    fake.refusals = 1;

    const refused = eventBridgeBus(client, 'pushpool').put(CHANGE);

    await expect(refused).rejects.toMatchObject({
      name: 'TransientError',
      message: expect.stringContaining('try again'),
    });
  });
});

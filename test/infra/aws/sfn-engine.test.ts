import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { SFNClient } from '@aws-sdk/client-sfn';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sfnEngine } from '../../../infra/aws/runtime/sfn-engine.ts';

const MACHINE = 'arn:aws:states:us-east-1:123456789012:stateMachine:pushpool-flow-run';
const event = (type: string) => ({ type, timestamp: 0, id: 1 });

/** An execution whose Prepare was tried twice, in pages as Step Functions answers them. */
const PAGES: Readonly<Record<string, readonly string[]>> = {
  first: [
    'ExecutionStarted',
    'WaitStateEntered',
    'WaitStateExited',
    'TaskStateEntered',
    'TaskScheduled',
    'TaskStarted',
  ],
  second: ['TaskFailed', 'TaskScheduled', 'TaskStarted', 'TaskSucceeded', 'TaskStateExited', 'ChoiceStateEntered'],
};

describe('the engine in AWS', () => {
  let server: Server;
  let client: SFNClient;
  beforeAll(async () => {
    server = createServer(async (request, response) => {
      let text = '';
      for await (const chunk of request) text += chunk;
      const { executionArn, nextToken } = JSON.parse(text);
      const known = executionArn === `${MACHINE.replace(':stateMachine:', ':execution:')}:known`;
      response.statusCode = known ? 200 : 400;
      response.setHeader('content-type', 'application/x-amz-json-1.0');
      const page = PAGES[nextToken ?? 'first']!.map(event);
      const answer = { events: page, ...(nextToken ? {} : { nextToken: 'second' }) };
      response.end(JSON.stringify(known ? answer : { __type: 'ExecutionDoesNotExist', message: 'none' }));
    });
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
    const { port } = server.address() as AddressInfo;
    const credentials = { accessKeyId: 'a', secretAccessKey: 's' };
    client = new SFNClient({ endpoint: `http://127.0.0.1:${port}`, region: 'us-east-1', credentials });
  });
  afterAll(() => {
    client.destroy();
    server.close();
  });

  it('counts what an execution is billed for: its start, every state entered, every retry, over all pages of its history', async () => {
    expect(await sfnEngine(client, MACHINE).transitions('known')).toBe(1 + 3 + 1);
  });

  it('knows nothing of an execution whose history is gone', async () => {
    expect(await sfnEngine(client, MACHINE).transitions('gone')).toBeNull();
  });
});

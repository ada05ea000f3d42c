import path from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { WebSocket } from 'ws';
import { type PrefectClient, prefectClient } from './client.ts';

const SCRIPT = path.join(import.meta.dirname, 'python/sockets.py');
const address = inject('apiUrl').replace('http', 'ws');
let client: PrefectClient;

beforeAll(async () => {
  client = await prefectClient();
});
afterAll(() => client?.remove());

const lastLine = (output: string) => JSON.parse(output.trim().split('\n').at(-1) ?? 'null');

describe('the sockets of the deployed stack, with the real client', () => {
  it('hand events from /events/in to /events/out, in order', async () => {
    const output = await client.run('python', [SCRIPT, 'events', 'example.aws', '10', '20', '30']);

    expect(lastLine(output)).toEqual([10, 20, 30]);
  });

  it('hand logs to /logs/out', async () => {
    const output = await client.run('python', [SCRIPT, 'logs', 'one', 'two']);

    expect(lastLine(output).sort()).toEqual(['one', 'two']);
  });
});

/** Opens a socket, sends these messages, and tells what came back and how it ended. */
function converse(route: string, messages: string[], protocols: string[] = ['prefect']) {
  return new Promise<{ protocol: string; received: unknown[]; code: number | null; refused: number | null }>((done) => {
    const socket = new WebSocket(`${address}${route}`, protocols);
    const received: unknown[] = [];
    const end = (code: number | null, refused: number | null = null) => {
      done({ protocol: socket.protocol, received, code, refused });
      socket.terminate();
    };
    const patience = setTimeout(() => end(null), 4000);
    socket.on('open', () => messages.forEach((message) => void socket.send(message)));
    socket.on('message', (data) => received.push(JSON.parse(data.toString())));
    socket.on('unexpected-response', (_request, response) => end(null, response.statusCode ?? 0));
    socket.on('error', () => {}); // a close or a refusal tells the rest
    socket.on('close', (code) => {
      clearTimeout(patience);
      end(code);
    });
  });
}

describe('a socket of the deployed stack', () => {
  const auth = JSON.stringify({ type: 'auth', token: inject('adminKey') });

  it('selects the subprotocol prefect and answers the handshake', async () => {
    const { protocol, received } = await converse('/events/in', [auth]);

    expect({ protocol, received }).toEqual({ protocol: 'prefect', received: [{ type: 'auth_success' }] });
  });

  it('refuses a wrong key and closes', async () => {
    const { received, code } = await converse('/events/out', ['{"type":"auth","token":"wrong"}']);

    expect(code).not.toBeNull();
    expect(received).not.toContainEqual({ type: 'auth_success' });
  });

  it('closes with 1009 over a frame of 32 KB, as API Gateway does', async () => {
    const { code } = await converse('/events/in', [auth, JSON.stringify({ text: 'x'.repeat(33 * 1024) })]);

    expect(code).toBe(1009);
  });

  it('does not exist elsewhere: 404, so that workers fall back to polling', async () => {
    const { refused } = await converse('/work_pools/any/workers/connect', []);

    expect(refused).toBe(404);
  });
});

import { parentPort, workerData } from 'node:worker_threads';
import type { EngineCall, EngineReply } from './database-client.ts';
import { openEngine } from './database-engine.ts';

/**
 * The embedded DynamoDB in a thread of its own, so that its work does not hold up requests. Only this process can ask it: an
 * authenticated home has no open side door.
 */
const port = parentPort!;
const engine = await openEngine((workerData as { path: string }).path);

let answered: EngineReply[] = [];

port.on('message', (message: readonly EngineCall[] | 'close') => {
  if (message === 'close') void engine.close().then(() => setImmediate(() => port.close()));
  else for (const call of message) void answer(call);
});

/** A broken engine breaks the thread: the home ends with it. */
async function answer([id, operation, request]: EngineCall): Promise<void> {
  const { ok, body } = await engine.answer(operation, JSON.parse(request));
  if (answered.length === 0) setImmediate(reply);
  answered.push([id, ok, JSON.stringify(body)]);
}

function reply(): void {
  port.postMessage(answered);
  answered = [];
}

port.postMessage('listening');

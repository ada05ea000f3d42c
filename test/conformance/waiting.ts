import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** A TCP port of this machine that nothing listens on now. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

export interface Patience {
  readonly seconds: number;
  /** Completes "Waited 60 s in vain for …". */
  readonly what: string;
  /** @default 100 */
  readonly everyMilliseconds?: number;
}

/** Asks until the answer is neither false nor undefined, and returns it; throws when patience ends. Errors of `ask` pass through. */
export async function waitUntil<T>(ask: () => Promise<T | false | undefined>, patience: Patience): Promise<T> {
  const deadline = Date.now() + patience.seconds * 1000;
  while (Date.now() < deadline) {
    const answer = await ask();
    if (answer !== false && answer !== undefined) return answer;
    await sleep(patience.everyMilliseconds ?? 100);
  }
  throw new Error(`Waited ${patience.seconds} s in vain for ${patience.what}.`);
}

import type { Duplex } from 'node:stream';
import type { RawData, WebSocket } from 'ws';
import { LIMITS } from './limits.ts';
import { type ConnectionFacts, websocketEvent } from './websocket-event.ts';
import { createFrameReader } from './websocket-frames.ts';

export interface ConnectionOptions {
  readonly invoke: (event: unknown) => Promise<unknown>;
  readonly log: (line: Record<string, unknown>) => void;
  readonly idleSeconds: number;
  readonly connectionSeconds: number;
}

export interface Connection {
  /** `gone` once the client or we have begun to close. */
  send(message: string): Promise<'sent' | 'gone'>;
  isOpen(): boolean;
  /** Ends it; a client that does not answer the close within 2 s is cut off. May be called twice. */
  close(code: number, reason: string): void;
  /** After `$disconnect` has been handled. */
  readonly closed: Promise<void>;
}

/** So many messages may wait for the function before no more is read from the client. */
const QUEUE_LIMIT = 100;
const CLOSE_TIMEOUT_MS = 2000;

/**
 * One connected client. Its messages reach the function one after the other, in order; a message that fails there is answered as
 * API Gateway answers and does not end the connection. Only messages count against the idle limit, not pings (`ws` answers those).
 */
export function openConnection(
  ws: WebSocket,
  socket: Duplex,
  facts: ConnectionFacts,
  options: ConnectionOptions,
): Connection {
  let queue = Promise.resolve();
  let waiting = 0;
  let refused = false;
  let idle: NodeJS.Timeout;
  const stirred = () => {
    clearTimeout(idle);
    idle = setTimeout(() => close(1001, 'Going away'), options.idleSeconds * 1000);
  };
  const lifetime = setTimeout(() => close(1001, 'Going away'), options.connectionSeconds * 1000);
  stirred();

  const readFrames = createFrameReader(({ opcode, payloadBytes }) => {
    if (payloadBytes > LIMITS.websocket.frameBytes && !refused) refuse(1009, 'Message too big');
    else if (opcode === 2 && !refused) refuse(1003, 'Binary frames are not supported');
  });
  socket.prependListener('data', readFrames); // before `ws`, which puts back what came with the handshake

  /** Messages that arrive after the one that broke a rule are not delivered. */
  function refuse(code: number, reason: string): void {
    refused = true;
    close(code, reason);
  }

  function close(code: number, reason: string): void {
    if (ws.readyState === ws.OPEN) ws.close(code, reason);
    setTimeout(() => ws.terminate(), CLOSE_TIMEOUT_MS).unref();
  }

  ws.on('message', (data: RawData) => {
    if (refused) return;
    stirred();
    waiting += 1;
    if (waiting >= QUEUE_LIMIT) ws.pause();
    queue = queue.then(async () => {
      await deliver(data.toString());
      waiting -= 1;
      if (waiting < QUEUE_LIMIT / 2) ws.resume();
    });
  });
  // `ws` closes by itself with 1002, 1007 or 1009 on a broken frame or a message over the limit; the close event follows
  ws.on('error', () => {
    refused = true;
  });

  async function deliver(body: string): Promise<void> {
    const event = websocketEvent(facts, 'MESSAGE', { body });
    try {
      await options.invoke(event);
    } catch (error) {
      options.log({
        level: 'ERROR',
        message: '$default failed.',
        connectionId: facts.connectionId,
        error: String((error as Error)?.stack ?? error),
      });
      const { connectionId, requestId } = event.requestContext;
      await send(JSON.stringify({ message: 'Internal server error', connectionId, requestId }));
    }
  }

  function send(message: string): Promise<'sent' | 'gone'> {
    if (ws.readyState !== ws.OPEN) return Promise.resolve('gone');
    stirred();
    return new Promise((resolve) => ws.send(message, (error) => resolve(error ? 'gone' : 'sent')));
  }

  const closed = new Promise<void>((resolve) => {
    ws.on('close', (code, reason) => {
      clearTimeout(idle);
      clearTimeout(lifetime);
      queue = queue.then(async () => {
        const disconnect = { disconnectStatusCode: code, disconnectReason: reason.toString() };
        try {
          await options.invoke(websocketEvent(facts, 'DISCONNECT', { requestContext: disconnect }));
        } catch (error) {
          options.log({ level: 'ERROR', message: '$disconnect failed.', error: String(error) });
        }
        resolve();
      });
    });
  });

  return { send, isOpen: () => ws.readyState === ws.OPEN, close, closed };
}

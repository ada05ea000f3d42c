import { once } from 'node:events';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { fromThisMachine } from '../../../infra/local/admission.ts';
import { createFunctions } from '../../../infra/local/lambda.ts';
import { createHttpListener, type HttpListenerOptions } from '../../../infra/local/listener-http.ts';
import { attachWebsocketListener, type WebsocketListenerOptions } from '../../../infra/local/listener-websocket.ts';

type Handler = (event: never) => unknown;

/** Both listeners before functions of the test's own. */
export async function openGateway(
  handlers: { api?: Handler; realtime?: Handler },
  options: Partial<HttpListenerOptions & WebsocketListenerOptions> = {},
) {
  const functions = createFunctions();
  functions.register('api', (handlers.api ?? (() => ({ statusCode: 200 }))) as never);
  functions.register('realtime', (handlers.realtime ?? (() => ({ statusCode: 200 }))) as never);
  const shared = { log: () => {}, admit: fromThisMachine, ...options };
  const server = createHttpListener({ ...shared, invoke: (event) => functions.invoke('api', event) });
  const sockets = attachWebsocketListener(server, {
    ...shared,
    invoke: (event) => functions.invoke('realtime', event),
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    wsUrl: `ws://127.0.0.1:${port}`,
    port,
    sockets,
    /** A bare connection, for what no client library would send. */
    raw: (): Socket => connect(port, '127.0.0.1'),
    async close() {
      await sockets.shutDown();
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
    },
  };
}
export type Gateway = Awaited<ReturnType<typeof openGateway>>;

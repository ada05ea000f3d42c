import { createHash } from 'node:crypto';
import { ModalClient } from 'modal';
import type { ModalCredentials } from './parse.ts';

/** Modal's protocol as the SDK speaks it: typed, authenticated, with its retries. */
export type ModalApi = ModalClient['cpClient'];

/** How long the SDK may wait when Modal asks it to; beyond it the state machine waits, which costs nothing. */
const MAX_THROTTLE_WAIT_SECONDS = 5;
const MAX_CLIENTS = 50;

/**
 * One client per token for the life of the process: it holds a connection and a token of its own. `serverUrl` null is Modal's;
 * the SDK takes any other from the environment alone (its `endpoint` parameter is not read in 0.11.1).
 */
export function createConnections(serverUrl: string | null): (credentials: ModalCredentials) => ModalApi {
  const clients = new Map<string, ModalApi>();
  return (credentials) => {
    const key = createHash('sha256').update(JSON.stringify(credentials)).digest('hex');
    const known = clients.get(key);
    if (known) return known;
    const { cpClient } = withServerUrl(serverUrl, () => clientOf(credentials));
    if (clients.size >= MAX_CLIENTS) clients.delete(clients.keys().next().value ?? '');
    clients.set(key, cpClient);
    return cpClient;
  };
}

function clientOf({ tokenId, tokenSecret }: ModalCredentials): ModalClient {
  const quiet = () => {};
  return new ModalClient({
    tokenId,
    tokenSecret,
    maxThrottleWaitSecs: MAX_THROTTLE_WAIT_SECONDS,
    logger: { debug: quiet, info: quiet, warn: quiet, error: quiet },
  });
}

/** The constructor reads the environment and is done with it. */
function withServerUrl<T>(serverUrl: string | null, make: () => T): T {
  if (serverUrl === null) return make();
  const before = process.env['MODAL_SERVER_URL'];
  process.env['MODAL_SERVER_URL'] = serverUrl;
  try {
    return make();
  } finally {
    if (before === undefined) delete process.env['MODAL_SERVER_URL'];
    else process.env['MODAL_SERVER_URL'] = before;
  }
}

import type { Context } from '../../context.ts';

/** A socket of the API that is heard, and opened again when it was cut. */
export interface Stream {
  /** What happens now is heard; what happened just before this became true may have been missed. */
  live(): boolean;
  close(): void;
}

export interface StreamOptions {
  readonly path: '/events/out' | '/logs/out';
  readonly filter: () => object;
  /** A message of the API: `{type: 'log', log}` or `{type: 'event', event}`. */
  readonly hear: (message: Heard) => void;
  /** It listens, at first or again: what was missed is there to be asked for. */
  readonly onLive: () => void;
}

// biome-ignore lint/suspicious/noExplicitAny: whatever the API sends; the caller knows what it asked for
export type Heard = { readonly type: string; readonly [key: string]: any };

const FIRST_WAIT_MS = 250;
const LONGEST_WAIT_MS = 15_000;
/** A socket that was never let in so often is not offered here, e.g. by a proxy: whoever hears asks instead. */
const ATTEMPTS = 4;
/** API Gateway and proxies close what is silent for ten minutes. */
const PING_MS = 4 * 60_000;

/** Hears as Prefect's own clients do: the subprotocol, `auth`, then a filter. Never throws, and gives up quietly. */
export async function openStream(context: Context, options: StreamOptions): Promise<Stream> {
  const { WebSocket } = await import('ws');
  const url = `${context.apiUrl().replace(/^http/, 'ws')}${options.path}`;
  const setting = (name: 'PREFECT_API_AUTH_STRING' | 'PREFECT_API_KEY') => context.settings().get(name)?.value;
  const token = setting('PREFECT_API_AUTH_STRING') ?? setting('PREFECT_API_KEY') ?? null;
  let socket: InstanceType<typeof WebSocket>;
  let live = false;
  let closed = false;
  let failures = 0;
  let again: ReturnType<typeof setTimeout> | undefined;

  function open(): void {
    const opened = new WebSocket(url, 'prefect');
    socket = opened;
    const ping = setInterval(() => opened.ping(), PING_MS);
    opened.on('open', () => opened.send(JSON.stringify({ type: 'auth', token })));
    opened.on('message', (data) => {
      const message = JSON.parse(String(data)) as Heard;
      if (message.type === 'auth_success') {
        opened.send(JSON.stringify({ type: 'filter', filter: options.filter(), backfill: false }));
        failures = 0;
        live = true;
        options.onLive();
      } else options.hear(message);
    });
    // always followed by `close`
    opened.on('error', () => {});
    opened.on('close', () => {
      clearInterval(ping);
      live = false;
      if (closed || ++failures >= ATTEMPTS) return;
      again = setTimeout(open, Math.min(FIRST_WAIT_MS * 2 ** failures, LONGEST_WAIT_MS));
    });
  }

  open();
  return {
    live: () => live,
    close() {
      closed = true;
      clearTimeout(again);
      socket.terminate();
    },
  };
}

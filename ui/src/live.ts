import { defaultSubscriptionManager } from '@prefecthq/vue-compositions';
import { onUnmounted, type Ref, ref } from 'vue';
import { session } from './session.ts';

/** What the API sends on its sockets. */
export type Heard =
  | { readonly type: 'event'; readonly event: Readonly<Record<string, unknown>> }
  | { readonly type: 'log'; readonly log: Readonly<Record<string, unknown>> };
interface Stream {
  readonly path: '/events/out' | '/logs/out';
  readonly filter: () => object;
  readonly hear: (message: Heard) => void;
}

const FIRST_WAIT_MILLIS = 1000;
const LONGEST_WAIT_MILLIS = 60_000;
/** A socket that was never let in so often is not offered here (a proxy without sockets); polling goes on. */
const ATTEMPTS = 4;
const DAY_MILLIS = 86_400_000;

/**
 * Hears a stream of the API while the component is there and its tab is seen. True in the answer while it does: whoever
 * polls may then do so seldom. What was missed while it did not is the caller's to ask for, when it becomes true.
 */
export function useStream({ path, filter, hear }: Stream): Ref<boolean> {
  const connected = ref(false);
  let socket: WebSocket | null = null;
  let wait: ReturnType<typeof setTimeout> | undefined;
  let failures = 0;

  function open(): void {
    if (socket || document.hidden || failures >= ATTEMPTS) return;
    const opened = new WebSocket(`${location.origin.replace(/^http/, 'ws')}/api${path}`, 'prefect');
    socket = opened;
    opened.onopen = () => opened.send(JSON.stringify({ type: 'auth', token: session.key.value }));
    opened.onmessage = ({ data }) => {
      const message = JSON.parse(data);
      if (message.type === 'auth_success') {
        opened.send(JSON.stringify({ type: 'filter', filter: filter(), backfill: false }));
        failures = 0;
        connected.value = true;
      } else if (message.type === 'event' || message.type === 'log') hear(message);
    };
    opened.onclose = () => {
      if (socket !== opened) return;
      close();
      failures += 1;
      const distance = Math.min(FIRST_WAIT_MILLIS * 2 ** failures, LONGEST_WAIT_MILLIS);
      wait = setTimeout(open, distance);
    };
  }

  function close(): void {
    clearTimeout(wait);
    const closing = socket;
    socket = null;
    connected.value = false;
    closing?.close();
  }

  const seen = () => (document.hidden ? close() : open());
  document.addEventListener('visibilitychange', seen);
  onUnmounted(() => {
    document.removeEventListener('visibilitychange', seen);
    close();
  });
  open();
  return connected;
}

/**
 * Asks again for whatever the page polls as soon as something of this kind happens, at most so often; nothing is asked for by a
 * tab that nobody sees. True in the answer while the API tells of what happens.
 */
export function useLive(what: object, everyMillis: number): Ref<boolean> {
  let due: ReturnType<typeof setTimeout> | undefined;
  let last = 0;
  const refresh = () => {
    due = undefined;
    last = Date.now();
    for (const channel of defaultSubscriptionManager.channels.values()) {
      if (Number.isFinite(channel.interval)) void channel.refresh();
    }
  };
  const seen = () => (document.hidden ? defaultSubscriptionManager.pause() : defaultSubscriptionManager.resume());
  document.addEventListener('visibilitychange', seen);
  onUnmounted(() => {
    document.removeEventListener('visibilitychange', seen);
    clearTimeout(due);
  });
  return useStream({
    path: '/events/out',
    filter: () => {
      const now = Date.now();
      const occurred = { since: new Date(now - DAY_MILLIS), until: new Date(now + DAY_MILLIS) };
      return { ...what, occurred };
    },
    hear: () => {
      due ??= setTimeout(refresh, Math.max(200, last + everyMillis - Date.now()));
    },
  });
}

/** For pages with lists and counts of runs. */
export const useLiveRuns = (): Ref<boolean> => useLive({ event: { prefix: ['prefect.flow-run.'] } }, 5000);
/** For the page of one run: its states, its task runs and its children. */
export const useLiveRun = (id: string): Ref<boolean> =>
  useLive({ any_resource: { id: [`prefect.flow-run.${id}`] } }, 1000);

import { type Log, type LogSortValues, mapper } from '@prefecthq/prefect-ui-library';
import { onUnmounted, type Ref, shallowRef, watch } from 'vue';
import { ask } from './api.ts';
import { useStream } from './live.ts';

/** A line as the API answers it, as far as it matters for the order. */
interface Line {
  readonly id: string;
  readonly timestamp: string;
  readonly level: number;
}
interface Wanted {
  readonly flowRunId: string;
  readonly level: number;
  readonly sort: LogSortValues;
}

const PAGE = 200;
const POLL_MILLIS = 5000;
/** Batches of a run's tasks come side by side: a line may be older than those before it. */
const OVERLAP_MILLIS = 15_000;
/** Lines may come this long after the run has ended. */
const LATE_MILLIS = 60_000;

/**
 * The log of a run: pages as they are scrolled to, then new lines as they come, by the socket, else by a poll for what came after
 * the last one. Complete and in the order of time, whatever comes late or twice.
 */
export function useRunLogs(wanted: Ref<Wanted>, ended: Ref<number | null>) {
  /** What is shown is without gaps from `first` in the order wanted. */
  let lines: Line[] = [];
  let ids = new Set<string>();
  let turn = 0;
  let loading: Promise<void> | null = null;
  const shown = shallowRef<Log[]>([]);
  /** Nothing more is to be had by scrolling. */
  const complete = shallowRef(false);
  const wrong = shallowRef('');
  const models = new WeakMap<Line, Log>();
  const ascending = () => wanted.value.sort === 'TIMESTAMP_ASC';

  function add(more: readonly Line[]): void {
    const fresh = more.filter(({ id }) => !ids.has(id));
    if (fresh.length === 0) return;
    for (const line of fresh) ids.add(line.id);
    const sign = ascending() ? 1 : -1;
    lines = [...lines, ...fresh].sort((a, b) => sign * compare(a.timestamp, b.timestamp));
    shown.value = lines.map((line) => {
      const model = models.get(line) ?? mapper.map('LogResponse', line as never, 'Log');
      models.set(line, model);
      return model;
    });
  }

  /** One page in a direction of time, from a moment on, its own lines included. */
  async function fetchPage(sort: LogSortValues, from: string | undefined, offset: number): Promise<Line[]> {
    const { flowRunId, level } = wanted.value;
    const bound = sort === 'TIMESTAMP_ASC' ? 'after_' : 'before_';
    return await ask<Line[]>('/logs/filter', 'POST', {
      logs: {
        flow_run_id: { any_: [flowRunId] },
        ...(level > 0 && { level: { ge_: level } }),
        ...(from && { timestamp: { [bound]: from } }),
      },
      sort,
      limit: PAGE,
      offset,
    });
  }

  /** One request at a time; what a change of level or order made old is dropped. */
  function one(load: () => Promise<void>): Promise<void> {
    loading ??= load()
      .then(() => {
        wrong.value = '';
      })
      .catch((error: Error) => {
        wrong.value = error.message;
      })
      .finally(() => {
        loading = null;
      });
    return loading;
  }

  const loadMore = () =>
    one(async () => {
      if (complete.value) return;
      const asked = turn;
      const from = lines.at(-1)?.timestamp;
      const known = lines.filter(({ timestamp }) => timestamp === from).length;
      const page = await fetchPage(wanted.value.sort, from, known);
      if (asked !== turn) return;
      add(page);
      complete.value = page.length < PAGE;
    });

  /** What came after the newest line that is shown, and what came late, in the order of a time shortly before it. */
  const loadNewest = () =>
    one(async () => {
      if (ascending() && !complete.value) return;
      const asked = turn;
      const newest = (ascending() ? lines.at(-1) : lines[0])?.timestamp;
      const from = newest && new Date(Date.parse(newest) - OVERLAP_MILLIS).toISOString();
      for (let offset = 0; ; offset += PAGE) {
        const page = await fetchPage('TIMESTAMP_ASC', from, offset);
        if (asked !== turn) return;
        add(page);
        if (page.length < PAGE) return;
      }
    });

  const live = useStream({
    path: '/logs/out',
    filter: () => {
      const { flowRunId, level } = wanted.value;
      return { flow_run_id: { any_: [flowRunId] }, ...(level > 0 && { level: { ge_: level } }) };
    },
    hear(message) {
      if (message.type !== 'log') return;
      const line = message.log as unknown as Line;
      if (line.level >= wanted.value.level && (complete.value || !ascending())) soon(line);
    },
  });

  let heard: Line[] = [];
  /** Lines that come together are shown together. */
  function soon(line: Line): void {
    heard.push(line);
    if (heard.length === 1) requestAnimationFrame(() => add(heard.splice(0)));
  }

  const isOver = () => ended.value !== null && Date.now() - ended.value > LATE_MILLIS;
  const poll = setInterval(() => {
    if (!live.value && !document.hidden && !isOver()) void loadNewest();
  }, POLL_MILLIS);
  // What came while nobody listened, and what was under way when the run ended.
  watch([live, ended], () => void loadNewest());
  watch(
    () => JSON.stringify(wanted.value),
    async () => {
      turn += 1;
      lines = [];
      ids = new Set();
      heard = [];
      complete.value = false;
      await loading;
      await loadMore();
    },
    { immediate: true },
  );
  onUnmounted(() => clearInterval(poll));

  return { logs: shown, complete, wrong, loadMore };
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

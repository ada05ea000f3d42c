import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from '../../../shared/api/client/client.ts';
import { ApiError, UnreachableError } from '../../../shared/api/client/errors.ts';
import type { FlowRun } from '../../../shared/api/client/flow-runs.ts';
import { isTerminal } from '../../../shared/domain/states.ts';
import type { Context } from '../../context.ts';
import { Interrupted } from '../../errors.ts';
import { lineFeed } from './line-feed.ts';
import { logLine } from './log-line.ts';
import { colored } from './show.ts';
import { type Heard, openStream, type Stream } from './stream.ts';

/** How often a run is looked at where nothing is heard: soon at first, then less often, as every look is paid for. */
const FIRST_LOOK_MS = 500;
const LAST_LOOK_MS = 5000;
const SLOWER = 1.3;
/** Lines that a container sends at its end may come after the run's last state. */
const LAST_LINES_MS = 2000;
/** A server that does not answer for so long is given up. */
const PATIENCE_MS = 120_000;

/**
 * Prints a run's states and log lines as they come, until it has ended; the ended run. Hears them by the API's sockets, and asks as
 * well, so it works through every proxy and goes on after a cut. Ctrl-C throws `Interrupted`, which says that the run goes on.
 */
export async function followRun(
  context: Context,
  client: Client,
  id: string,
  { states, lines: shown = true }: { readonly states: boolean; readonly lines?: boolean },
): Promise<FlowRun> {
  const lines = lineFeed(client, id, (line) => context.out.line(line, () => logLine(context.out, line)));
  const seen = new Set<string>();
  let lastState: string | null = null;
  let wake = new AbortController();
  let wait = FIRST_LOOK_MS;
  const lookSoon = () => {
    wait = FIRST_LOOK_MS;
    wake.abort();
  };
  const onLive = () => {
    lines.fallBehind();
    lookSoon();
  };
  const hearLine = ({ type, log }: Heard) => type === 'log' && lines.hear(log);
  const listen = () =>
    Promise.all([
      openStream(context, { path: '/events/out', filter: () => statesOf(id), hear: lookSoon, onLive }),
      ...(shown ? [openStream(context, { path: '/logs/out', filter: () => linesOf(id), hear: hearLine, onLive })] : []),
    ]);
  let streams: readonly Stream[] | null = null;

  // All states, not the last alone: a run may pass through several between two looks.
  const printStates = async (run: FlowRun) => {
    for (const state of await client.flowRuns.states(id)) {
      if (seen.has(state.id)) continue;
      seen.add(state.id);
      showState(context, run, state);
    }
  };
  /** The run, and whether there was anything new. */
  const look = async () => {
    const run = await client.flowRuns.read(id);
    const fresh = shown && (await lines.read());
    const moved = run.state_id !== lastState;
    if (moved && states) await printStates(run);
    lastState = run.state_id;
    return { run, moved: moved || fresh };
  };
  const patiently = patient(context);
  try {
    for (;;) {
      wake = new AbortController();
      const { run, moved } = await patiently(look);
      if (isTerminal(run.state_type)) {
        if (!shown) return run;
        await sleep(untilLastLines(run), undefined, { signal: context.signal });
        await patiently(lines.read);
        return run;
      }
      streams ??= await listen();
      const hears = streams.every((stream) => stream.live());
      wait = moved && !hears ? FIRST_LOOK_MS : Math.min(wait * SLOWER, LAST_LOOK_MS);
      await sleep(wait, undefined, { signal: AbortSignal.any([context.signal, wake.signal]) }).catch(() =>
        context.signal.throwIfAborted(),
      );
    }
  } catch (error) {
    if (!context.signal.aborted) throw error;
    throw new Interrupted(
      `Stopped watching; the run goes on. Watch it again: pushpool flow-run watch ${id}   Stop it: pushpool flow-run cancel ${id}`,
    );
  } finally {
    for (const stream of streams ?? []) stream.close();
  }
}

const linesOf = (id: string): object => ({ flow_run_id: { any_: [id] } });

/** The states of the run itself; the times are wide, as clocks differ. */
function statesOf(id: string): object {
  const now = Date.now();
  const day = 86_400_000;
  return {
    resource: { id: [`prefect.flow-run.${id}`] },
    event: { prefix: ['prefect.flow-run.'] },
    occurred: { since: new Date(now - day), until: new Date(now + 365 * day) },
  };
}

/** Asks again while a server that has answered before does not: it may start anew, or the network may be gone for a moment. */
function patient(context: Context) {
  let answered: number | null = null;
  return async <Answer>(ask: () => Promise<Answer>): Promise<Answer> => {
    for (let wait = FIRST_LOOK_MS; ; wait = Math.min(wait * 2, LAST_LOOK_MS)) {
      try {
        const answer = await ask();
        answered = Date.now();
        return answer;
      } catch (error) {
        const passes = error instanceof UnreachableError || (error instanceof ApiError && error.status >= 500);
        if (!passes || answered === null || Date.now() - answered > PATIENCE_MS) throw error;
        if (wait === FIRST_LOOK_MS) context.out.note(`${error.message} Trying again.`);
        await sleep(wait, undefined, { signal: context.signal });
      }
    }
  };
}

/** Milliseconds until no line comes any more: a run that ended long ago is not waited for. */
function untilLastLines({ end_time: ended }: FlowRun): number {
  const since = ended === null ? 0 : Date.now() - Date.parse(ended);
  return Math.min(Math.max(LAST_LINES_MS - since, 0), LAST_LINES_MS);
}

function showState({ out }: Context, run: FlowRun, state: NonNullable<FlowRun['state']>): void {
  const message = state.message ? `: ${state.message}` : '';
  const name = colored(out, { state_type: state.type, state_name: state.name });
  out.line({ flow_run_id: run.id, state }, () => `${out.colors.bold(run.name)} is ${name}${message}`);
}

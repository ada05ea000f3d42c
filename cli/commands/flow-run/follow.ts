import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from '../../../shared/api/client/client.ts';
import type { FlowRun } from '../../../shared/api/client/flow-runs.ts';
import { isTerminal } from '../../../shared/domain/states.ts';
import type { Context } from '../../context.ts';
import { Interrupted } from '../../errors.ts';
import { logLine } from './log-line.ts';
import { colored } from './show.ts';

/** How often a run is looked at: soon at first, then less often, as every look is paid for. */
const FIRST_LOOK_MS = 500;
const LAST_LOOK_MS = 5000;
const SLOWER = 1.3;
/** Lines that a container sends at its end may come after the run's last state. */
const LAST_LINES_MS = 2000;

/**
 * Prints a run's states and log lines as they come, until it has ended; the ended run. Asks the REST API, so it works through
 * every proxy. Ctrl-C throws `Interrupted`, which says that the run goes on.
 */
export async function followRun(
  context: Context,
  client: Client,
  id: string,
  { states, lines: shown = true }: { readonly states: boolean; readonly lines?: boolean },
): Promise<FlowRun> {
  const seen = new Set<string>();
  let after: string | undefined;
  let lastState: string | null = null;
  let wait = FIRST_LOOK_MS;
  // All of them, not the last alone: a run may pass through several between two looks.
  const printStates = async (run: FlowRun) => {
    for (const state of await client.flowRuns.states(id)) {
      if (seen.has(state.id)) continue;
      seen.add(state.id);
      showState(context, run, state);
    }
  };
  const printLines = async () => {
    const lines = await client.logs.ofFlowRun(id, after === undefined ? {} : { after });
    const fresh = lines.filter((line) => !seen.has(line.id));
    for (const line of fresh) {
      seen.add(line.id);
      if (shown) context.out.line(line, () => logLine(context.out, line));
    }
    // Lines of one moment may come in two answers: ask again for the last second, and leave out what was shown.
    const last = lines.at(-1);
    if (last) after = new Date(Date.parse(last.timestamp) - 1000).toISOString();
    return fresh.length > 0;
  };
  try {
    for (;;) {
      const run = await client.flowRuns.read(id);
      const ended = isTerminal(run.state_type);
      let moved = await printLines();
      if (run.state_id !== lastState) {
        lastState = run.state_id;
        moved = true;
        if (states) await printStates(run);
      }
      if (ended) {
        await sleep(untilLastLines(run), undefined, { signal: context.signal });
        await printLines();
        return run;
      }
      wait = moved ? FIRST_LOOK_MS : Math.min(wait * SLOWER, LAST_LOOK_MS);
      await sleep(wait, undefined, { signal: context.signal });
    }
  } catch (error) {
    if (!context.signal.aborted) throw error;
    throw new Interrupted(
      `Stopped watching; the run goes on. Watch it again: pushpool flow-run watch ${id}   Stop it: pushpool flow-run cancel ${id}`,
    );
  }
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

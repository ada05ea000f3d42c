import type { Scenario, Step } from '../scenario.ts';
import type { Group } from './drawing.ts';

export interface Sequence {
  readonly groups: readonly Group[];
  readonly steps: readonly Step[];
}

/**
 * What a cancelled run left running is cancelled: here at once, by Prefect's server in a service that runs every so often and not at
 * all where it is compared. So a sequence that cancels a run does without children of runs.
 */
const cancelsRun = ([call, body]: Step): boolean =>
  call.includes('flow_run') && JSON.stringify(body ?? null).includes('"type":"CANCELLED"');
const withoutChildren = (steps: readonly Step[]): Step[] =>
  steps
    .filter(([call]) => !call.includes('/task_runs/'))
    .map(([call, body, ...as]): Step => {
      if (typeof body !== 'object' || body === null || Array.isArray(body)) return [call, body, ...as];
      const { parent_task_run_id: _, ...rest } = body as Record<string, unknown>;
      return [call, rest, ...as];
    });

let worlds = 0;

/** The operations in a world of their own, between its beginning and a look at its end: servers keep what earlier worlds left behind. */
export function inWorld({ groups, steps }: Sequence): Scenario {
  worlds++;
  const before = groups.flatMap(({ before = [] }) => before);
  const after = groups.flatMap(({ after = [] }) => after);
  const played = [...before, ...steps, ...after];
  const whole = steps.some(cancelsRun) ? withoutChildren(played) : played;
  const all = JSON.stringify(whole.map((one) => one.map((part) => part ?? null)));
  const named = all.replaceAll('zz-', `zz-${worlds}-`).replaceAll('zz_', `zz_${worlds}_`);
  const parsed = JSON.parse(named) as [string, unknown, string | undefined][];
  return { name: 'generated', steps: parsed.map(([call, body, as]) => [call, body ?? undefined, as]) };
}

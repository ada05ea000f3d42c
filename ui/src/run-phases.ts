/** A state of a run, as far as its time is told apart by it. */
export interface StateInTime {
  readonly type: string;
  readonly name: string;
  readonly timestamp: string;
  readonly state_details: { readonly scheduled_time: string | null };
}
/** When the container of the latest attempt was made, and when it was seen to end. */
export interface ContainerInTime {
  readonly submitted: string | null;
  readonly ended: { readonly at: string } | null;
}
export type PhaseKind = 'slot' | 'submit' | 'cloud' | 'run' | 'pause' | 'end';
export interface Phase {
  readonly kind: PhaseKind;
  readonly seconds: number;
}

export const PHASES: Readonly<Record<PhaseKind, string>> = {
  slot: 'Wait for a slot',
  submit: 'Submission',
  cloud: 'Wait for the cloud',
  run: 'Running',
  pause: 'Paused',
  end: 'Ending of the container',
};

const OVER = new Set(['COMPLETED', 'FAILED', 'CRASHED', 'CANCELLED']);

/**
 * Where the time of a run went, from when it was due to its end or to `now`: a run that is due waits for a slot, a pause or its turn until
 * it is Pending, then for its submission, then for the cloud until it runs. Of attempts before the latest it is not known when their
 * container was made: all of their Pending counts as wait for the cloud. `states` in the order of time.
 */
export function phasesOf(states: readonly StateInTime[], container: ContainerInTime, now: Date): Phase[] {
  const phases: Phase[] = [];
  const add = (kind: PhaseKind, from: number, to: number) => {
    const last = phases.at(-1);
    const seconds = Math.max(0, to - from) / 1000;
    if (seconds === 0) return;
    if (last?.kind === kind) phases[phases.length - 1] = { kind, seconds: last.seconds + seconds };
    else phases.push({ kind, seconds });
  };
  const submitted = container.submitted ? Date.parse(container.submitted) : null;
  for (const [index, { type, timestamp, state_details }] of states.entries()) {
    const from = Date.parse(timestamp);
    const next = states[index + 1];
    const to = next ? Date.parse(next.timestamp) : now.getTime();
    if (type === 'SCHEDULED') add('slot', Math.max(from, Date.parse(state_details.scheduled_time ?? timestamp)), to);
    else if (type === 'PENDING') {
      const latest = submitted !== null && submitted >= from && submitted <= to;
      const isLast = !next && submitted === null;
      const made = latest ? submitted : isLast ? to : from;
      add('submit', from, made);
      add('cloud', made, to);
    } else if (type === 'PAUSED') add('pause', from, to);
    else if (!OVER.has(type)) add('run', from, to);
    else if (!next && container.ended) add('end', from, Date.parse(container.ended.at));
  }
  return phases;
}

/** "0.4 s", "12 s", "3 min 20 s", "2 h 5 min" */
export function duration(seconds: number): string {
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  if (seconds < 60) return `${Math.round(seconds)} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min ${Math.round(seconds % 60)} s`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

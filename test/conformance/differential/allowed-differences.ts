import type { Difference } from './normalise.ts';

/** One server's answer: its status, and its body normalised. */
export interface NormalAnswer {
  readonly status: number;
  readonly body: unknown;
}

export interface AllowedDifference {
  /** The call, as a pattern on `METHOD /path`. */
  readonly call: RegExp;
  /** The places in the answer, as a pattern on `status` or `body/…`. */
  readonly pointer: RegExp;
  /** Narrows it down to answers of this kind. */
  readonly when?: (theirs: NormalAnswer, ours: NormalAnswer) => boolean;
  readonly reason: string;
}

const problems = (answer: NormalAnswer) =>
  (answer.body as { exception_detail?: { type: string; loc: (string | number)[] }[] } | null)?.exception_detail ?? [];
const isKind = (part: string | number) => /^(?:int|float|str|bool|list\[|dict\[)/.test(String(part));
const accepted = (answer: NormalAnswer) => answer.status < 300;
const sorted = ({ body }: NormalAnswer) => JSON.stringify((body as string[]).toSorted());
const isOfKnownKey = ({ type }: { type: string }) => type !== 'extra_forbidden';
const sameProblems = (some: unknown[], others: unknown[]) =>
  some.length > 0 && JSON.stringify(some) === JSON.stringify(others);
const refused = (answer: NormalAnswer) => answer.status >= 400 && answer.status < 500;

/** Where pushpool answers otherwise than Prefect on purpose. Only shrinks; an entry that nothing needs fails the test. */
export const ALLOWED_DIFFERENCES: readonly AllowedDifference[] = [
  {
    call: /./,
    pointer: /./,
    when: (theirs, ours) =>
      ours.status < 500 &&
      problems(theirs).length > 0 &&
      problems(theirs).every(({ type }) => type === 'extra_forbidden'),
    reason: 'Unknown keys in bodies are ignored, so that newer clients can be served; Prefect refuses them',
  },
  {
    call: /./,
    pointer: /^body\/exception_detail\//,
    when: (theirs, ours) => sameProblems(problems(theirs).filter(isOfKnownKey), problems(ours)),
    reason: 'Where more is wrong than an unknown key, only the rest is said',
  },
  {
    call: /./,
    pointer: /./,
    when: (theirs, ours) => theirs.status === 500 && ours.status < 500,
    reason: 'Prefect fails where pushpool does what is asked, or says what is wrong',
  },
  {
    call: /./,
    pointer: /^(status|body\/detail)$/,
    when: (theirs, ours) => refused(ours) && JSON.stringify(theirs.body).includes('"Data integrity conflict.'),
    reason: 'Prefect speaks of a database constraint; pushpool names what is missing or taken',
  },
  {
    call: /^(POST|PATCH) \/deployments\//,
    pointer: /^body\/(exception_detail\/\d+\/input|request_body)\/parameters$/,
    reason: 'Prefect shows the parameters that it added to the request by itself',
  },
  {
    call: /^(POST|PATCH) \/deployments\//,
    pointer: /^body\/exception_detail\//,
    when: (theirs, ours) => problems(theirs).some(inSchedule) && problems(ours).some(inSchedule),
    reason:
      'Prefect objects to a schedule once for each kind that it might have been; pushpool for the kind that was meant',
  },
  {
    call: /^(POST|PUT) \/automations\//,
    pointer: /^body\/exception_detail\//,
    when: (theirs, ours) => theirs.status === 422 && ours.status === 422,
    reason: 'Prefect objects once for each kind of trigger or action; pushpool for the kind that its type names',
  },
  {
    call: /^POST \/work_pools\/[^/]+\/get_scheduled_flow_runs$/,
    pointer: /\/flow_run\/(state|work_pool_id|work_pool_name|work_queue_name)$/,
    reason: "Prefect leaves the state and the pool out of a worker's flow runs",
  },
  {
    call: /^GET \/(flow_runs|deployments)\//,
    pointer: /^body\/work_(pool|queue)_(id|name)$/,
    when: (theirs) => (theirs.body as Record<string, unknown>)['work_queue_id'] === null,
    reason: 'Runs and deployments go on naming the pool and queue they were made for when those are deleted',
  },
  {
    call: /flow_runs\//,
    pointer: /work_queue_name$/,
    when: (theirs, ours) => accepted(theirs) && accepted(ours),
    reason: 'A run names its queue as it was called when the run was made',
  },
  {
    call: /\/(flow_runs|flow_run_states)\//,
    pointer: /(task_run_id|parent_task_run_id)$/,
    when: (theirs, ours) => accepted(theirs) && accepted(ours),
    reason: 'A subflow goes on naming the task run that stood for it when the parent run is deleted',
  },
  {
    call: /^GET \/flow_runs\//,
    pointer: /^body\/(run_count|empirical_policy\/resuming)$/,
    when: (theirs) =>
      (theirs.body as { empirical_policy?: { resuming?: unknown } }).empirical_policy?.resuming === true,
    reason: 'In Prefect a proposal that a paused run refused makes it resuming, so that going on counts as no run',
  },
  {
    call: /^GET \/flow_runs\//,
    pointer: /^body\/empirical_policy\/pause_keys\/\d+$/,
    when: (theirs) => accepted(theirs),
    reason: 'A policy that a client sends back does not take away which pauses have fired',
  },
  {
    call: /^GET \/block_capabilities\//,
    pointer: /^body\/\d+$/,
    when: (theirs, ours) => sorted(theirs) === sorted(ours),
    reason: "Prefect lists capabilities in the order of a set of Python's, which changes from process to process",
  },
  {
    call: /./,
    pointer: /^body\/exception_detail\//,
    when: (theirs, ours) => ours.status === 422 && problems(theirs).some(({ loc }) => loc.some(isKind)),
    reason: 'Prefect objects once for each kind that a value might have been; pushpool for the first',
  },
  {
    call: /^POST \/logs\/$/,
    pointer: /^body\/exception_detail\/0\/(type|msg|ctx)$/,
    reason: 'Prefect names a class of Python where a list is meant',
  },
  {
    call: /^(POST|PUT) \/automations\//,
    pointer: /^body\/request_body\/trigger\/.*within$/,
    reason: 'Prefect shows the time that it added to the request by itself',
  },
  {
    call: /deployments\//,
    pointer: /\/parameter_openapi_schema\/(properties|type|required)$/,
    when: (theirs, ours) => accepted(theirs) && accepted(ours),
    reason: 'Prefect adds what is missing to a schema when it holds parameters to it',
  },
  {
    call: /^PATCH \/flow_runs\/[^/]+\/labels$/,
    pointer: /./,
    when: (theirs, ours) => theirs.status === 204 && problems(ours).length > 0,
    reason: 'Prefect takes labels with which it cannot show the run any more',
  },
  {
    call: /queues/,
    pointer: /^body(\/\d+)?\/status$/,
    when: (_, ours) => accepted(ours) && JSON.stringify(ours.body).includes('"status":"PAUSED"'),
    reason: 'A queue that is made paused says so at once; in Prefect only one that is paused later',
  },
  {
    call: /flow_runs\//,
    pointer: /\/job_variables$/,
    when: (_, ours) => accepted(ours),
    reason: 'Prefect shows no job variables as null instead of {} when the run was made with an idempotency key',
  },
  {
    call: /^POST \/(ui\/flow_runs\/history|flow_runs\/[^/]+\/input\/filter)$/,
    pointer: /./,
    when: (_, ours) => problems(ours).some(({ loc, type }) => loc[1] === 'limit' && type === 'greater_than_equal'),
    reason: 'SQLite takes a negative limit for none, PostgreSQL fails; pushpool says what is wrong',
  },
  {
    call: /^POST \/variables\/$/,
    pointer: /./,
    when: (theirs, ours) => accepted(theirs) && problems(ours).some(({ loc }) => loc[1] === 'name'),
    reason: 'A variable has a name; Prefect takes an empty one',
  },
  {
    call: /^POST \/flow_runs\/[^/]+\/input$/,
    pointer: /./,
    when: (theirs, ours) => accepted(theirs) && problems(ours).some(({ loc }) => loc[1] === 'key'),
    reason: 'An input has a key, or nobody could ask for it; Prefect takes an empty one',
  },
  {
    call: /^GET \/deployments\//,
    pointer: /\/max_scheduled_runs$/,
    when: (theirs, ours) => accepted(theirs) && accepted(ours),
    reason: 'A schedule that is new in a change of its deployment keeps its bound of runs; Prefect loses it',
  },
  {
    call: /^GET \/concurrency_limits\//,
    pointer: /^body\/active_slots\/\d+$/,
    when: (theirs, ours) => accepted(theirs) && accepted(ours),
    reason:
      'A limit that is deleted takes no slots of other limits with it; Prefect drops the lease that holds them all',
  },
];

function inSchedule({ loc }: { loc: (string | number)[] }): boolean {
  return loc.includes('schedule');
}

export function isAllowed(
  call: string,
  difference: Difference,
  answers: { readonly theirs: NormalAnswer; readonly ours: NormalAnswer },
  used: Set<AllowedDifference>,
): boolean {
  const entry = ALLOWED_DIFFERENCES.find(
    (allowed) =>
      allowed.call.test(call) &&
      allowed.pointer.test(difference.pointer) &&
      (allowed.when?.(answers.theirs, answers.ours) ?? true),
  );
  if (entry) used.add(entry);
  return entry !== undefined;
}

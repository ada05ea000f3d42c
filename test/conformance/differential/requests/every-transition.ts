import { IN_2030, type Scenario, type Step } from '../scenario.ts';

/** A state as a client proposes it. */
interface Proposed {
  readonly type: string;
  readonly name?: string;
  readonly state_details?: Readonly<Record<string, unknown>>;
}

const due = { scheduled_time: IN_2030 };

/**
 * Every type of state, and every name that the rules or the engine treat apart. Not a pause that is over: here it fails at once,
 * there after some seconds.
 */
const STATES: readonly Proposed[] = [
  { type: 'SCHEDULED', state_details: due },
  { type: 'SCHEDULED', name: 'AwaitingRetry', state_details: due },
  { type: 'SCHEDULED', name: 'AwaitingConcurrencySlot', state_details: due },
  { type: 'SCHEDULED', name: 'Resuming', state_details: due },
  { type: 'PENDING' },
  { type: 'PENDING', state_details: { deferred: true } },
  { type: 'RUNNING' },
  { type: 'RUNNING', name: 'Retrying' },
  { type: 'PAUSED', state_details: { pause_timeout: IN_2030, pause_key: '1' } },
  { type: 'PAUSED', state_details: { pause_timeout: IN_2030, pause_reschedule: true, pause_key: '2' } },
  { type: 'PAUSED', name: 'Suspended', state_details: { pause_timeout: IN_2030, pause_reschedule: true } },
  { type: 'PAUSED' },
  { type: 'CANCELLING' },
  { type: 'CANCELLED' },
  { type: 'COMPLETED' },
  { type: 'COMPLETED', state_details: { untrackable_result: true } },
  { type: 'COMPLETED', name: 'Cached', state_details: { cache_key: 'zz-cached' } },
  { type: 'FAILED' },
  { type: 'FAILED', state_details: { retriable: false } },
  { type: 'CRASHED' },
];

/** What a run may have that the rules look at. `before` makes what it needs, once; `run` is the rest of its body. */
interface Kind {
  readonly name: string;
  readonly before: readonly Step[];
  readonly of: 'flow_runs' | 'task_runs';
  readonly run: Readonly<Record<string, unknown>>;
  /** What happens to each run first. */
  readonly first?: readonly Proposed[];
  /** What happens to the flow run of task runs. */
  readonly flowRun?: Proposed;
}

const RETRIES = { empirical_policy: { retries: 1, retry_delay: 0 } };
const LATER = { empirical_policy: { retries: 2, retry_delay: 60 } };
const RAN = [{ type: 'RUNNING' }, { type: 'FAILED' }, { type: 'RUNNING' }] as const;
const flow: Step = ['POST /flows/', { name: 'zz-every' }, 'flow'];
const deployment = (name: string, more: Record<string, unknown> = {}): Step => [
  'POST /deployments/',
  { name: `zz-${name}`, flow_id: '$flow.id', ...more },
  'deployment',
];
const pool: readonly Step[] = [
  ['POST /work_pools/', { name: 'zz-every', type: 'process' }],
  deployment('pool', { work_pool_name: 'zz-every' }),
];

export const KINDS: readonly Kind[] = [
  { name: 'flow run', of: 'flow_runs', before: [], run: {} },
  { name: 'flow run that may retry', of: 'flow_runs', before: [], run: RETRIES },
  { name: 'flow run that may retry later', of: 'flow_runs', before: [], run: LATER },
  { name: 'flow run that has retried', of: 'flow_runs', before: [], run: RETRIES, first: RAN },
  {
    name: 'run of a deployment',
    of: 'flow_runs',
    before: [deployment('plain')],
    run: { deployment_id: '$deployment.id' },
  },
  { name: 'run of a pool', of: 'flow_runs', before: pool, run: { deployment_id: '$deployment.id' } },
  ...['ENQUEUE', 'CANCEL_NEW'].map(
    (collision_strategy): Kind => ({
      name: `run of a full deployment, ${collision_strategy}`,
      of: 'flow_runs',
      before: [
        deployment(collision_strategy, { concurrency_limit: 1, concurrency_options: { collision_strategy } }),
        ['POST /flow_runs/', { flow_id: '$flow.id', deployment_id: '$deployment.id' }, 'other'],
        ['POST /flow_runs/$other.id/set_state', { state: { type: 'PENDING' } }],
        ['POST /flow_runs/$other.id/set_state', { state: { type: 'RUNNING' } }],
      ],
      run: { deployment_id: '$deployment.id' },
    }),
  ),
  { name: 'task run', of: 'task_runs', before: [], run: {} },
  { name: 'task run that may retry', of: 'task_runs', before: [], run: RETRIES },
  { name: 'task run that may retry later', of: 'task_runs', before: [], run: LATER },
  { name: 'task run that has retried', of: 'task_runs', before: [], run: RETRIES, first: RAN },
  ...(['CANCELLING', 'CANCELLED', 'FAILED', 'COMPLETED', 'PAUSED', 'PENDING'] as const).map(
    (type): Kind => ({
      name: `task run of a ${type} flow run`,
      of: 'task_runs',
      before: [],
      run: {},
      flowRun: { type },
    }),
  ),
  {
    name: 'task run without a slot',
    of: 'task_runs',
    before: [['POST /concurrency_limits/', { tag: 'zz-none', concurrency_limit: 0 }]],
    run: { tags: ['zz-none'] },
  },
];

/** From this state (null: as it was made) to every other, forced or not, and then to RUNNING, as whoever runs it would. */
const FORCED = ['flow run that may retry', 'run of a full deployment, ENQUEUE', 'task run that may retry'];

function scenario(kind: Kind, from: Proposed | null, force: boolean): Scenario {
  const many = STATES.flatMap((to, number): Step[] => {
    const run = `run${number}`;
    const path = `/${kind.of}/$${run}.id`;
    const set = (state: Proposed, forced: boolean): Step => [`POST ${path}/set_state`, { state, force: forced }];
    return [
      [`POST /${kind.of}/`, { ...owner(kind, number), name: 'zz-run', ...kind.run }, run],
      ...(kind.first ?? []).map((state) => set(state, true)),
      ...(from ? [set(from, true)] : []),
      set(to, force),
      [`GET ${path}`],
      set({ type: 'RUNNING' }, false),
    ];
  });
  const flowRun: Step[] =
    kind.of === 'task_runs'
      ? [
          ['POST /flow_runs/', { flow_id: '$flow.id', state: { type: 'RUNNING' } }, 'flowRun'],
          ...(kind.flowRun
            ? [['POST /flow_runs/$flowRun.id/set_state', { state: kind.flowRun, force: true }] satisfies Step]
            : []),
        ]
      : [];
  const name = `${kind.name}, ${from ? told(from) : 'new'}${force ? ', forced' : ''}`;
  return { name, steps: [flow, ...kind.before, ...flowRun, ...many, ...(kind.before.length > 0 ? after(kind) : [])] };
}

const owner = ({ of }: Kind, number: number) =>
  of === 'flow_runs'
    ? { flow_id: '$flow.id' }
    : { flow_run_id: '$flowRun.id', task_key: 'zz-task', dynamic_key: `zz-${number}` };

const told = ({ type, name, state_details }: Proposed) =>
  `${name ?? type}${state_details ? ` ${JSON.stringify(state_details)}` : ''}`;

const after = (kind: Kind): Step[] =>
  kind.before.flatMap(([call]): Step[] => {
    if (call === 'POST /deployments/') return [['DELETE /deployments/$deployment.id']];
    if (call === 'POST /work_pools/') return [['DELETE /work_pools/zz-every']];
    return call === 'POST /concurrency_limits/' ? [['DELETE /concurrency_limits/tag/zz-none']] : [];
  });

/** What is forced passes no rule that looks at more than the run. */
export const EVERY_TRANSITION: readonly Scenario[] = KINDS.flatMap((kind) =>
  [null, ...STATES].flatMap((from) => [
    scenario(kind, from, false),
    ...(FORCED.includes(kind.name) ? [scenario(kind, from, true)] : []),
  ]),
);

const EVERYDAY = [
  'flow run, RUNNING',
  'flow run that may retry, RUNNING',
  'run of a full deployment, CANCEL_NEW, new',
  'run of a full deployment, ENQUEUE, PENDING',
  'task run that may retry, RUNNING',
  'task run of a CANCELLING flow run, PENDING',
];

/** The few that the everyday suite plays. */
export const SOME_TRANSITIONS = EVERY_TRANSITION.filter(({ name }) => EVERYDAY.includes(name));

import type { Scenario } from '../../scenario.ts';

const delays = (count: number) => Array.from({ length: count }, (_, index) => index);
const task = (dynamicKey: string, more: object = {}) => ({
  flow_run_id: '$run.id',
  task_key: 't',
  dynamic_key: dynamicKey,
  name: 'zz-t',
  ...more,
});
const ID = '7b1f6c1e-3f43-4d58-9a55-0a1f7f1f4c11';

/** What Prefect's own tests of task runs and limits expect, where the other scenarios do not ask. */
export const TASKS_AND_LIMITS: readonly Scenario[] = [
  {
    name: 'a task run has few retry delays, no negative jitter, and an id of its own',
    steps: [
      ['POST /flows/', { name: 'zz-policy-of-tasks' }, 'flow'],
      ['POST /flow_runs/', { flow_id: '$flow.id', name: 'zz-r' }, 'run'],
      ['POST /task_runs/', task('0', { empirical_policy: { retries: 3, retry_delay: delays(51) } })],
      ['POST /task_runs/', task('0', { empirical_policy: { retries: 3, retry_jitter_factor: -1 } })],
      ['POST /task_runs/', task('0', { empirical_policy: { retry_delay: delays(50), retry_jitter_factor: 0 } })],
      ['POST /task_runs/', task('1', { id: ID })],
      ['POST /task_runs/', task('1', { id: ID })],
      ['POST /task_runs/', task('2', { id: ID })],
      ['POST /task_runs/', task('3'), 'named'],
      ['PATCH /task_runs/$named.id', { name: '' }],
      ['GET /task_runs/$named.id'],
    ],
  },
  {
    name: 'retries and delays by their names of old count where the new ones say none',
    steps: [
      ['POST /flows/', { name: 'zz-old-names' }, 'flow'],
      ...[
        { max_retries: 3 },
        { max_retries: 2, retries: 0, retry_delay_seconds: 7, retry_delay: null },
        { max_retries: 2, retries: 1, retry_delay_seconds: 7, retry_delay: 3 },
        { max_retries: 0, retry_delay_seconds: 0 },
      ].flatMap((empirical_policy, index): [string, unknown?, string?][] => [
        ['POST /flow_runs/', { flow_id: '$flow.id', name: 'zz-r', empirical_policy }, 'run'],
        ['PATCH /flow_runs/$run.id', { empirical_policy }],
        ['GET /flow_runs/$run.id'],
        ['POST /task_runs/', task(String(index), { empirical_policy })],
      ]),
    ],
  },
  {
    name: 'a limit with decay shows the slots that it was made with',
    steps: [
      ['POST /v2/concurrency_limits/', { name: 'zz-decays', limit: 9, active_slots: 9, slot_decay_per_second: 0.01 }],
    ],
  },
];

import type { Scenario, Step } from '../../scenario.ts';

const IN_2020 = '2020-01-02T03:04:05Z';
const IN_2030 = '2030-01-02T03:04:05Z';

const task = (name: string): Step => [
  'POST /task_runs/',
  { task_key: 'zz-results', dynamic_key: name, name: 'zz-t' },
  name,
];
const set = (name: string, type: string, details: object, more: object = {}): Step => [
  `POST /task_runs/$${name}.id/set_state`,
  { state: { type, state_details: details, ...more } },
];

/** A task run ends under a cache key, and what others then are that run, run anew, or are forced to, under the same. */
const remembered = (key: string, expiration: string | null): Step[] => [
  ['POST /flows/', { name: 'zz-results' }, 'flow'],
  ['POST /flow_runs/', { flow_id: '$flow.id', name: 'zz-r', state: { type: 'RUNNING' } }, 'run'],
  ['POST /task_runs/', { flow_run_id: '$run.id', task_key: 't', dynamic_key: '0', name: 'zz-t' }, 'first'],
  set('first', 'COMPLETED', { cache_key: key, cache_expiration: expiration }, { message: 'm', data: { type: 'x' } }),
  task(`${key}1`),
  set(`${key}1`, 'RUNNING', { cache_key: key }),
  [`GET /task_runs/$${key}1.id`],
  task(`${key}2`),
  set(`${key}2`, 'RUNNING', { cache_key: key, refresh_cache: true }),
  task(`${key}3`),
  [
    `POST /task_runs/$${key}3.id/set_state`,
    { state: { type: 'RUNNING', state_details: { cache_key: key } }, force: true },
  ],
];

/** What Prefect's own tests of its rules expect of results that are known under a key. */
export const TASK_RESULTS: readonly Scenario[] = [
  { name: 'a task run takes the result that is known under its cache key', steps: remembered('zzlasting', null) },
  { name: 'a result that has not expired is taken', steps: remembered('zzlater', IN_2030) },
  { name: 'a result that has expired is not', steps: remembered('zzearlier', IN_2020) },
  {
    name: 'of two results the newest that holds is taken, and it goes with its task run',
    steps: [
      task('zzone'),
      set('zzone', 'COMPLETED', { cache_key: 'zztwice', cache_expiration: IN_2030 }, { message: 'one' }),
      task('zztwo'),
      set('zztwo', 'COMPLETED', { cache_key: 'zztwice' }, { message: 'two' }),
      task('zzthree'),
      set('zzthree', 'COMPLETED', { cache_key: 'zztwice', cache_expiration: IN_2020 }, { message: 'three' }),
      task('zzfour'),
      set('zzfour', 'RUNNING', { cache_key: 'zztwice' }),
      ['DELETE /task_runs/$zztwo.id'],
      task('zzfive'),
      set('zzfive', 'RUNNING', { cache_key: 'zztwice' }),
    ],
  },
  {
    name: 'only what completed is known, and not by being made so',
    steps: [
      ...['PENDING', 'RUNNING', 'FAILED', 'CANCELLED', 'CRASHED'].flatMap((type) => [
        task(`zza${type}`),
        set(`zza${type}`, type, { cache_key: `zzonly${type}` }),
        task(`zzb${type}`),
        set(`zzb${type}`, 'RUNNING', { cache_key: `zzonly${type}` }),
      ]),
      [
        'POST /task_runs/',
        {
          ...{ task_key: 'zz-results', dynamic_key: 'zzmade', name: 'zz-t' },
          state: { type: 'COMPLETED', state_details: { cache_key: 'zzmade' } },
        },
      ],
      task('zzafter'),
      set('zzafter', 'RUNNING', { cache_key: 'zzmade' }),
    ],
  },
];

import fc from 'fast-check';
import { body, call, type Group, idOf, nowAndThenSpoiled, pick, some, step, text, wholeNumber } from './drawing.ts';
import { namedFilter } from './filters.ts';
import { POOL_NAMES, pool, QUEUE_NAMES, queue } from './names.ts';

const QUEUES = pick('$queue0', '$queue1');
const TEMPLATE = {
  job_configuration: { command: '{{ command }}', size: '{{ size }}' },
  variables: {
    type: 'object',
    properties: { command: { type: 'string' }, size: { type: 'integer', default: 1 } },
  },
};
const poolFields = {
  description: text,
  base_job_template: pick<unknown>(TEMPLATE, {}, { job_configuration: {}, variables: {} }, { job_configuration: {} }),
  is_paused: fc.boolean(),
  concurrency_limit: wholeNumber,
};
const queueFields = {
  description: text,
  is_paused: fc.boolean(),
  concurrency_limit: wholeNumber,
  priority: wholeNumber,
};
const ofPool = (pattern: string) => call(pattern, pool);
const ofQueue = (method: string) => call(`${method} /work_pools/{}/queues/{}`, pool, queue);
const worker = pick('zz-w0', 'zz-w1', 'zz w/2');

export const workPools: Group = {
  before: [['POST /work_pools/', { name: 'zz-pool0', type: 'process' }]],
  operations: nowAndThenSpoiled(
    fc.oneof(
      step(
        'POST /work_pools/',
        body({ name: fc.oneof(pool, pick('prefect-zz', '', 'zz%')), type: fc.constant('process') }, poolFields),
      ),
      step(ofPool('PATCH /work_pools/{}'), some(poolFields)),
      step(ofPool('GET /work_pools/{}')),
      step(call('DELETE /work_pools/{}', pick('zz-pool1', 'zz-nowhere'))),
      step('POST /work_pools/filter', namedFilter('work_pools', POOL_NAMES)),
      step('POST /work_pools/count', fc.constant({ work_pools: { name: { any_: POOL_NAMES } } })),
      step(
        ofPool('POST /work_pools/{}/concurrency_status'),
        some({ page: wholeNumber, limit: wholeNumber, flow_run_limit: wholeNumber }),
      ),
      step(ofPool('POST /work_pools/{}/queues'), body({ name: queue }, queueFields), pick('queue0', 'queue1')),
      step(ofQueue('PATCH'), some({ ...queueFields, name: pick('zz-queue0', 'zz/q') })),
      step(ofQueue('GET')),
      step(call('DELETE /work_pools/{}/queues/{}', pool, pick('zz-queue0', 'zz-queue1', 'zz-none'))),
      step(
        ofPool('POST /work_pools/{}/queues/filter'),
        some({
          work_queues: fc.record({ name: fc.record({ any_: fc.subarray(QUEUE_NAMES) }) }),
          limit: wholeNumber,
          offset: wholeNumber,
        }),
      ),
      step(
        ofPool('POST /work_pools/{}/get_scheduled_flow_runs'),
        body(
          { scheduled_before: fc.constant('2031-01-01T00:00:00Z') },
          { work_queue_names: fc.subarray(['default', 'zz-queue0']) },
        ),
      ),
    ),
  ),
  after: [
    ...POOL_NAMES.map((name) => [`GET /work_pools/${name}`] as const),
    ...POOL_NAMES.map((name) => [`POST /work_pools/${name}/queues/filter`, {}] as const),
  ],
};

/** Queues by id, and the workers that poll them. */
export const queuesAndWorkers: Group = {
  operations: nowAndThenSpoiled(
    fc.oneof(
      step(call('GET /work_queues/{}', idOf(QUEUES))),
      step(call('PATCH /work_queues/{}', idOf(QUEUES)), some(queueFields)),
      step(call('GET /work_queues/{}/status', idOf(QUEUES))),
      step(
        call('POST /work_queues/{}/concurrency_status', idOf(QUEUES)),
        some({ page: wholeNumber, limit: wholeNumber }),
      ),
      step(call('POST /work_queues/{}/get_runs', idOf(QUEUES)), some({ limit: wholeNumber })),
      step(call('DELETE /work_queues/{}', idOf(QUEUES))),
      step('POST /work_queues/filter', namedFilter('work_queues', ['zz-queue0', 'zz-queue1'])),
      step(
        ofPool('POST /work_pools/{}/workers/heartbeat'),
        body({ name: worker }, { heartbeat_interval_seconds: pick<unknown>(30, 60, null, 'x') }),
      ),
      step(
        ofPool('POST /work_pools/{}/workers/filter'),
        some({
          workers: some({
            operator: pick('and_', 'or_'),
            status: some({ any_: fc.subarray(['ONLINE', 'OFFLINE']), not_any_: fc.subarray(['OFFLINE', 'AWAY']) }),
            last_heartbeat_time: some({ after_: fc.constant('2020-01-01T00:00:00Z') }),
          }),
          limit: wholeNumber,
        }),
      ),
      step(call('DELETE /work_pools/{}/workers/{}', pool, worker.map(encodeURIComponent))),
    ),
  ),
  after: POOL_NAMES.map((name) => [`POST /work_pools/${name}/workers/filter`, {}] as const),
};

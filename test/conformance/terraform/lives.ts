import { UNKNOWN_ID } from '../differential/scenario.ts';
import { list } from './go-types.ts';
import { type Call, GONE, type Life } from './life.ts';
import {
  AUTOMATION,
  BLOCK_DOCUMENT,
  BLOCK_SCHEMA,
  BLOCK_TYPE,
  DEPLOYMENT,
  FLOW,
  GLOBAL_CONCURRENCY_LIMIT,
  SCHEDULE,
  TASK_RUN_CONCURRENCY_LIMIT,
  VARIABLE,
  WORK_POOL,
  WORK_QUEUE,
  WORKER_METADATA,
} from './models.ts';

const OK = [200];
const CREATED = [201];
const DONE = [204];

const create = (call: string, body: object, decode: Call['decode'], as: string, reads: unknown = body): Call => ({
  call: `POST ${call}`,
  body,
  accepts: CREATED,
  ...(decode && { decode }),
  as,
  reads,
});
const read = (call: string, decode: Call['decode'], reads: unknown): Call => ({
  call: `GET ${call}`,
  accepts: OK,
  ...(decode && { decode }),
  reads,
});
const update = (call: string, body: object): Call => ({ call: `PATCH ${call}`, body, accepts: DONE });
const remove = (call: string): Call => ({ call: `DELETE ${call}`, accepts: DONE });
const gone = (call: string): Call => ({ call: `GET ${call}`, accepts: GONE });

const flow = { name: 'zz-tf-flow', tags: ['a', 'b'] };

const pool = {
  name: 'zz-tf-pool',
  description: null,
  type: 'process',
  base_job_template: {
    job_configuration: { command: '{{ command }}', cpu: '{{ cpu }}' },
    variables: {
      type: 'object',
      properties: { command: { type: 'string' }, cpu: { type: 'number', default: 0.5 } },
    },
  },
  is_paused: false,
  concurrency_limit: null,
};
const changedPool = { description: 'changed', is_paused: true, concurrency_limit: 3 };
const queue = { name: 'zz-tf-queue', description: 'd', is_paused: false, concurrency_limit: 2, priority: 1 };
const changedQueue = { description: 'e', is_paused: true, concurrency_limit: 3, priority: 2 };

const deployment = {
  concurrency_limit: 2,
  concurrency_options: { collision_strategy: 'ENQUEUE' },
  description: 'd',
  enforce_parameter_schema: true,
  entrypoint: 'flow.py:flow',
  flow_id: '$flow.id',
  job_variables: { env: { A: 'b' }, cpu: 1.5 },
  name: 'zz-tf-deployment',
  parameter_openapi_schema: { type: 'object', properties: { n: { type: 'integer', default: 1 } } },
  parameters: { n: 2 },
  path: './src',
  pull_steps: [
    { 'prefect.deployments.steps.set_working_directory': { directory: '/opt' } },
    { 'prefect.deployments.steps.git_clone': { repository: 'https://example.com/r.git', branch: 'main' } },
  ],
  tags: ['b', 'a'],
  version: 'v1',
  work_pool_name: 'zz-tf-deployed',
  work_queue_name: 'default',
};
const { concurrency_limit: limit, ...deploymentRead } = deployment;
const configuredDeployment = { ...deploymentRead, paused: false, global_concurrency_limit: { limit } };
const changedDeployment = {
  concurrency_limit: 5,
  concurrency_options: { collision_strategy: 'CANCEL_NEW' },
  description: 'e',
  entrypoint: 'other.py:flow',
  job_variables: {},
  parameters: { n: 3 },
  paused: true,
  tags: ['c'],
  version: 'v2',
  work_pool_name: 'zz-tf-deployed',
  work_queue_name: 'default',
};
const { concurrency_limit: changedLimit, ...changedDeploymentRead } = changedDeployment;

const onADeployment = [
  create('/flows/', { name: 'zz-tf-scheduled', tags: [] }, FLOW, 'flow'),
  create('/deployments/', { name: 'd', flow_id: '$flow.id', paused: true }, DEPLOYMENT, 'deployment'),
];
const SCHEDULES = [
  { interval: 3600, timezone: 'America/New_York', anchor_date: '2024-01-01T00:00:00Z' },
  { cron: '0 9 * * 1', timezone: 'Europe/Berlin', day_or: true },
  { interval: 600, timezone: 'UTC', anchor_date: '2024-06-01T00:00:00-05:00' },
  { rrule: 'DTSTART:20240101T000000\nFREQ=DAILY;BYHOUR=10;BYMINUTE=30', timezone: 'UTC' },
];

const blockType = {
  name: 'zz tf type',
  slug: 'zz-tf-type',
  logo_url: 'https://example.com/logo.png',
  documentation_url: 'https://example.com/docs',
  description: 'd',
  code_example: 'print()',
};
const changedBlockType = {
  logo_url: 'https://example.com/other.png',
  documentation_url: 'https://example.com/other',
  description: 'e',
  code_example: 'pass',
};
const blockSchema = {
  block_type_id: '$type.id',
  capabilities: [],
  version: '1.0.0',
  fields: {
    title: 'zz tf type',
    type: 'object',
    properties: { host: { type: 'string' }, port: { type: 'integer' }, token: { type: 'string', format: 'password' } },
    required: ['host'],
    secret_fields: ['token'],
    block_type_slug: 'zz-tf-type',
    block_schema_references: {},
  },
};
const block = {
  name: 'zz-tf-block',
  data: { host: 'h', port: 1, token: 'secret' },
  block_schema_id: '$schema.id',
  block_type_id: '$type.id',
};
const SCHEMAS_OF_TYPE = {
  block_schemas: { block_type_id: { any_: ['$type.id'] }, block_capabilities: { all_: null } },
};

const automation = {
  name: 'zz-tf-automation',
  description: 'd',
  enabled: true,
  trigger: {
    type: 'event',
    posture: 'Reactive',
    match: { 'prefect.resource.id': 'prefect.flow-run.*' },
    match_related: { 'prefect.resource.role': 'flow' },
    after: [],
    expect: ['prefect.flow-run.Failed'],
    for_each: ['prefect.resource.id'],
    threshold: 2,
    within: 60,
  },
  actions: [{ type: 'run-deployment', source: 'selected', deployment_id: UNKNOWN_ID, parameters: { a: 1 } }],
  actions_on_trigger: [],
  actions_on_resolve: [{ type: 'change-flow-run-state', state: 'FAILED', name: 'n', message: 'm' }],
};
const compound = {
  ...automation,
  enabled: false,
  trigger: {
    type: 'compound',
    require: 'any',
    within: 10,
    triggers: [
      { type: 'event', posture: 'Reactive', expect: ['zz.a'], threshold: 1, within: 0 },
      { type: 'event', posture: 'Proactive', expect: ['zz.b'], threshold: 1, within: 60 },
    ],
  },
};

const globalLimit = { active: true, name: 'zz-tf-limit', limit: 5, active_slots: 0, slot_decay_per_second: 0 };
const changedLimitBody = { ...globalLimit, active: false, limit: 6, slot_decay_per_second: 1.5 };

/** Every resource of the provider that a server of one's own has. */
export const LIVES: readonly Life[] = [
  {
    name: 'a flow',
    calls: [
      create('/flows/', flow, FLOW, 'flow'),
      read('/flows/$flow.id', FLOW, flow),
      update('/flows/$flow.id', { tags: ['c'] }),
      read('/flows/$flow.id', FLOW, { ...flow, tags: ['c'] }),
      remove('/flows/$flow.id'),
      gone('/flows/$flow.id'),
    ],
  },
  {
    name: 'variables of every kind',
    calls: ['text', 7, 0.5, true, ['a', 1], { a: { b: [] } }].flatMap((value, index) => {
      const variable = { name: `zz_tf_${index}`, value, tags: ['a'] };
      const changed = { ...variable, value: 'other', tags: [] };
      return [
        create('/variables/', variable, VARIABLE, 'variable'),
        read('/variables/$variable.id', VARIABLE, variable),
        update('/variables/$variable.id', changed),
        read(`/variables/name/${variable.name}`, VARIABLE, changed),
        remove('/variables/$variable.id'),
        gone('/variables/$variable.id'),
        gone(`/variables/name/${variable.name}`),
      ];
    }),
  },
  {
    name: 'a work pool and a queue of it',
    calls: [
      create('/work_pools/', pool, WORK_POOL, 'pool'),
      read('/work_pools/zz-tf-pool', WORK_POOL, pool),
      update('/work_pools/zz-tf-pool', { ...changedPool, base_job_template: pool.base_job_template }),
      read('/work_pools/zz-tf-pool', WORK_POOL, { ...pool, ...changedPool }),
      update('/work_pools/zz-tf-pool', { ...changedPool, description: null, concurrency_limit: null }),
      read('/work_pools/zz-tf-pool', WORK_POOL, { ...pool, is_paused: true }),
      create('/work_pools/zz-tf-pool/queues/', queue, WORK_QUEUE, 'queue', { ...queue, work_pool_name: 'zz-tf-pool' }),
      read('/work_pools/zz-tf-pool/queues/zz-tf-queue', WORK_QUEUE, queue),
      update('/work_pools/zz-tf-pool/queues/zz-tf-queue', changedQueue),
      read('/work_pools/zz-tf-pool/queues/zz-tf-queue', WORK_QUEUE, { ...queue, ...changedQueue }),
      {
        call: 'POST /work_pools/zz-tf-pool/queues/filter',
        body: { any_: null },
        accepts: OK,
        decode: list(WORK_QUEUE),
        reads: [{ name: 'zz-tf-queue' }, { name: 'default' }],
      },
      remove('/work_pools/zz-tf-pool/queues/zz-tf-queue'),
      gone('/work_pools/zz-tf-pool/queues/zz-tf-queue'),
      remove('/work_pools/zz-tf-pool'),
      gone('/work_pools/zz-tf-pool'),
    ],
  },
  {
    name: 'a deployment',
    calls: [
      create('/flows/', { name: 'zz-tf-deployed', tags: [] }, FLOW, 'flow'),
      create('/work_pools/', { ...pool, name: 'zz-tf-deployed' }, WORK_POOL, 'pool'),
      create('/deployments/', deployment, DEPLOYMENT, 'deployment', configuredDeployment),
      read('/deployments/$deployment.id', DEPLOYMENT, configuredDeployment),
      update('/deployments/$deployment.id', changedDeployment),
      read('/deployments/name/zz-tf-deployed/zz-tf-deployment', DEPLOYMENT, {
        ...configuredDeployment,
        ...changedDeploymentRead,
        global_concurrency_limit: { limit: changedLimit },
      }),
      remove('/deployments/$deployment.id'),
      gone('/deployments/$deployment.id'),
      gone('/deployments/name/zz-tf-deployed/zz-tf-deployment'),
      remove('/work_pools/zz-tf-deployed'),
      remove('/flows/$flow.id'),
    ],
  },
  {
    name: 'a deployment of which only what is asked for is given',
    calls: [
      ...onADeployment,
      read('/deployments/$deployment.id', DEPLOYMENT, {
        concurrency_options: null,
        description: '',
        enforce_parameter_schema: true,
        global_concurrency_limit: null,
        paused: true,
        tags: [],
        work_pool_name: '',
        work_queue_name: '',
      }),
      remove('/flows/$flow.id'),
    ],
  },
  {
    name: 'schedules of a deployment, one resource each',
    calls: [
      ...onADeployment,
      ...SCHEDULES.flatMap((schedule): Call[] => {
        const configured = { active: true, schedule };
        const changed = { active: false, max_scheduled_runs: 5, schedule: { ...schedule, timezone: 'Asia/Tokyo' } };
        return [
          {
            call: 'POST /deployments/$deployment.id/schedules',
            body: [configured],
            accepts: CREATED,
            decode: list(SCHEDULE),
            as: 'created',
            reads: [{ ...configured, deployment_id: '$deployment.id' }],
          },
          read('/deployments/$deployment.id/schedules', list(SCHEDULE), [configured]),
          update('/deployments/$deployment.id/schedules/$created.0.id', changed),
          read('/deployments/$deployment.id/schedules', list(SCHEDULE), [changed]),
          remove('/deployments/$deployment.id/schedules/$created.0.id'),
        ];
      }),
      read('/deployments/$deployment.id/schedules', list(SCHEDULE), []),
      remove('/flows/$flow.id'),
    ],
  },
  {
    name: 'a block type, its schema and a block',
    calls: [
      create('/block_types/', blockType, BLOCK_TYPE, 'type'),
      read('/block_types/slug/zz-tf-type', BLOCK_TYPE, blockType),
      update('/block_types/$type.id', changedBlockType),
      read('/block_types/slug/zz-tf-type', BLOCK_TYPE, { ...blockType, ...changedBlockType }),
      // The provider asks for this path without its last slash.
      create('/block_schemas', blockSchema, BLOCK_SCHEMA, 'schema'),
      read('/block_schemas/$schema.id', BLOCK_SCHEMA, blockSchema),
      {
        call: 'POST /block_schemas/filter',
        body: SCHEMAS_OF_TYPE,
        accepts: OK,
        decode: list(BLOCK_SCHEMA),
        reads: [{ id: '$schema.id' }],
      },
      create('/block_documents/', block, BLOCK_DOCUMENT, 'block', { name: block.name }),
      read('/block_documents/$block.id?include_secrets=true', BLOCK_DOCUMENT, {
        ...block,
        block_type: { slug: 'zz-tf-type' },
      }),
      update('/block_documents/$block.id', {
        block_schema_id: '$schema.id',
        data: { host: 'other' },
        merge_existing_data: false,
      }),
      read('/block_types/slug/zz-tf-type/block_documents/name/zz-tf-block?include_secrets=true', BLOCK_DOCUMENT, {
        name: block.name,
        data: { host: 'other' },
      }),
      remove('/block_documents/$block.id'),
      gone('/block_documents/$block.id?include_secrets=true'),
      remove('/block_schemas/$schema.id'),
      gone('/block_schemas/$schema.id'),
      remove('/block_types/$type.id'),
      gone('/block_types/slug/zz-tf-type'),
    ],
  },
  {
    name: 'an automation',
    calls: [
      create('/automations/', automation, AUTOMATION, 'automation'),
      read('/automations/$automation.id', AUTOMATION, automation),
      { call: 'PUT /automations/$automation.id', body: compound, accepts: DONE },
      read('/automations/$automation.id', AUTOMATION, compound),
      {
        call: 'POST /automations/filter',
        body: { automations: { name: { any_: ['zz-tf-automation'] } } },
        accepts: OK,
        decode: list(AUTOMATION),
        reads: [compound],
      },
      remove('/automations/$automation.id'),
      gone('/automations/$automation.id'),
    ],
  },
  {
    name: 'a global concurrency limit',
    calls: [
      create('/v2/concurrency_limits/', globalLimit, GLOBAL_CONCURRENCY_LIMIT, 'limit'),
      read('/v2/concurrency_limits/$limit.id', GLOBAL_CONCURRENCY_LIMIT, globalLimit),
      update('/v2/concurrency_limits/$limit.id', changedLimitBody),
      read('/v2/concurrency_limits/zz-tf-limit', GLOBAL_CONCURRENCY_LIMIT, changedLimitBody),
      remove('/v2/concurrency_limits/$limit.id'),
      gone('/v2/concurrency_limits/$limit.id'),
    ],
  },
  {
    name: 'a concurrency limit of task runs',
    calls: [
      {
        call: 'POST /concurrency_limits/',
        body: { tag: 'zz-tf-tag', concurrency_limit: 4 },
        accepts: [...OK, ...CREATED],
        decode: TASK_RUN_CONCURRENCY_LIMIT,
        as: 'limit',
        reads: { tag: 'zz-tf-tag', concurrency_limit: 4 },
      },
      read('/concurrency_limits/$limit.id', TASK_RUN_CONCURRENCY_LIMIT, { tag: 'zz-tf-tag', concurrency_limit: 4 }),
      { call: 'DELETE /concurrency_limits/$limit.id', accepts: OK },
      gone('/concurrency_limits/$limit.id'),
    ],
  },
];

/** Lists of all that there is, which other tests have left behind too, and metadata, in which ours stand besides Prefect's. */
export const DATA_SOURCES: Life = {
  name: 'data sources',
  calls: [
    create('/work_pools/', { ...pool, name: 'zz-tf-listed' }, WORK_POOL, 'pool'),
    { call: 'POST /work_pools/filter', body: { any_: null }, accepts: OK, decode: list(WORK_POOL) },
    remove('/work_pools/zz-tf-listed'),
    { call: 'GET /collections/views/aggregate-worker-metadata', accepts: OK, decode: WORKER_METADATA },
  ],
};

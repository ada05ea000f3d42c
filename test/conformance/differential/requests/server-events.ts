import type { Scenario } from '../scenario.ts';

const FIELDS = {
  title: 'ZzSpot',
  type: 'object',
  properties: { url: { title: 'Url', type: 'string' }, token: { title: 'Token', type: 'string', format: 'password' } },
  block_type_slug: 'zz-spot',
  secret_fields: ['token'],
  block_schema_references: {},
};

const TRIGGER = {
  type: 'event',
  match: {},
  match_related: {},
  expect: ['zz.never'],
  for_each: [],
  posture: 'Reactive',
  threshold: 1,
  within: 0,
};

/** Of the runs of one flow. */
const STORY = {
  ...TRIGGER,
  match_related: { 'prefect.resource.name': 'zz-story', 'prefect.resource.role': 'flow' },
};

/** What is done to everything of which the server tells by events. */
export const SERVER_EVENTS: readonly Scenario[] = [
  {
    name: 'variables',
    steps: [
      ['POST /variables/', { name: 'zz_event', value: { a: 1 }, tags: ['t'] }, 'variable'],
      ['PATCH /variables/$variable.id', { value: 'two' }],
      ['PATCH /variables/name/zz_event', { tags: [] }],
      ['PATCH /variables/name/zz_event', {}],
      ['DELETE /variables/name/zz_event'],
      ['POST /variables/', { name: 'zz_event', value: 1 }, 'again'],
      ['DELETE /variables/$again.id'],
    ],
  },
  {
    name: 'flows',
    steps: [
      ['POST /flows/', { name: 'zz-event-flow', tags: ['a'], labels: { l: 1 } }, 'flow'],
      ['POST /flows/', { name: 'zz-event-flow' }],
      ['PATCH /flows/$flow.id', { tags: ['b'] }],
      ['PATCH /flows/$flow.id', { tags: ['b'] }],
      ['DELETE /flows/$flow.id'],
      ['POST /flows/', { name: 'zz-event-flow-2' }, 'flow2'],
      ['POST /flows/bulk_delete', { flows: { name: { any_: ['zz-event-flow-2'] } } }],
    ],
  },
  {
    name: 'blocks',
    steps: [
      ['POST /block_types/', { name: 'ZZ Spot', slug: 'zz-spot', description: 'd' }, 'type'],
      ['PATCH /block_types/$type.id', { description: 'other' }],
      ['PATCH /block_types/$type.id', { description: 'other' }],
      ['POST /block_schemas/', { fields: FIELDS, block_type_id: '$type.id', capabilities: ['zz-go'] }, 'schema'],
      [
        'POST /block_documents/',
        {
          name: 'zz-spot-1',
          data: { url: 'https://x', token: 'hidden', n: 1 },
          block_schema_id: '$schema.id',
          block_type_id: '$type.id',
        },
        'document',
      ],
      ['PATCH /block_documents/$document.id', { data: { url: 'https://y' } }],
      ['PATCH /block_documents/$document.id', { data: {} }],
      ['DELETE /block_documents/$document.id'],
      [
        'POST /block_documents/',
        { data: { url: 'https://x' }, block_schema_id: '$schema.id', block_type_id: '$type.id', is_anonymous: true },
        'anonymous',
      ],
      ['DELETE /block_documents/$anonymous.id'],
      ['DELETE /block_types/$type.id'],
    ],
  },
  {
    name: 'global concurrency limits',
    steps: [
      ['POST /v2/concurrency_limits/', { name: 'zz-event-limit', limit: 2 }, 'limit'],
      ['PATCH /v2/concurrency_limits/$limit.id', { limit: 3, active: false }],
      ['PATCH /v2/concurrency_limits/zz-event-limit', { slot_decay_per_second: 0.5 }],
      ['POST /v2/concurrency_limits/increment', { names: ['zz-event-limit'], slots: 1 }],
      ['DELETE /v2/concurrency_limits/zz-event-limit'],
    ],
  },
  {
    name: 'limits of tags',
    steps: [
      ['POST /concurrency_limits/', { tag: 'zz-event-tag', concurrency_limit: 2 }, 'limit'],
      ['POST /concurrency_limits/', { tag: 'zz-event-tag', concurrency_limit: 3 }],
      ['POST /concurrency_limits/tag/zz-event-tag/reset', {}],
      ['DELETE /concurrency_limits/tag/zz-event-tag'],
    ],
  },
  {
    name: 'artifacts',
    steps: [
      ['POST /artifacts/', { key: 'zz-event-artifact', type: 'markdown', data: 'one' }, 'one'],
      ['POST /artifacts/', { key: 'zz-event-artifact', type: 'markdown', data: 'two', description: 'd' }, 'two'],
      ['POST /artifacts/', { type: 'result', data: 1 }],
      ['PATCH /artifacts/$two.id', { data: 'three' }],
      ['DELETE /artifacts/$two.id'],
      ['DELETE /artifacts/$one.id'],
    ],
  },
  {
    name: 'automations',
    steps: [
      [
        'POST /automations/',
        { name: 'zz-event-automation', trigger: TRIGGER, actions: [{ type: 'do-nothing' }] },
        'automation',
      ],
      ['PATCH /automations/$automation.id', { enabled: false }],
      [
        'PUT /automations/$automation.id',
        {
          name: 'zz-event-automation-2',
          description: 'd',
          enabled: true,
          tags: ['t'],
          trigger: { ...TRIGGER, threshold: 2, within: 10 },
          actions: [{ type: 'do-nothing' }],
          actions_on_trigger: [],
          actions_on_resolve: [],
        },
      ],
      ['DELETE /automations/$automation.id'],
    ],
  },
  {
    name: 'work pools and queues',
    steps: [
      ['POST /work_pools/', { name: 'zz-event-pool', type: 'process', description: 'd' }, 'pool'],
      ['PATCH /work_pools/zz-event-pool', { description: 'other', concurrency_limit: 3 }],
      ['PATCH /work_pools/zz-event-pool', { description: 'other' }],
      ['PATCH /work_pools/zz-event-pool', { is_paused: true }],
      ['PATCH /work_pools/zz-event-pool', { is_paused: true, concurrency_limit: null }],
      ['PATCH /work_pools/zz-event-pool', { is_paused: false }],
      ['POST /work_pools/zz-event-pool/workers/heartbeat', { name: 'w', heartbeat_interval_seconds: 30 }],
      ['POST /work_pools/zz-event-pool/workers/heartbeat', { name: 'w', heartbeat_interval_seconds: 30 }],
      ['PATCH /work_pools/zz-event-pool', { is_paused: true }],
      ['POST /work_pools/zz-event-pool/workers/heartbeat', { name: 'w', heartbeat_interval_seconds: 30 }],
      ['PATCH /work_pools/zz-event-pool', { is_paused: false }],
      ['POST /work_pools/zz-event-pool/queues', { name: 'zz-q', description: 'q' }, 'queue'],
      ['PATCH /work_pools/zz-event-pool/queues/zz-q', { concurrency_limit: 1, priority: 1 }],
      ['PATCH /work_pools/zz-event-pool/queues/zz-q', { concurrency_limit: 1 }],
      ['PATCH /work_pools/zz-event-pool/queues/zz-q', { is_paused: true }],
      ['PATCH /work_pools/zz-event-pool/queues/zz-q', { is_paused: true }],
      ['PATCH /work_pools/zz-event-pool/queues/zz-q', { is_paused: false }],
      ['PATCH /work_queues/$queue.id', { description: 'by id' }],
      ['PATCH /work_queues/$queue.id', { is_paused: true }],
      ['PATCH /work_queues/$queue.id', { is_paused: false }],
      ['DELETE /work_pools/zz-event-pool/queues/zz-q'],
      ['POST /work_pools/zz-event-pool/queues', { name: 'zz-paused', is_paused: true }],
      ['DELETE /work_pools/zz-event-pool'],
      ['POST /work_pools/', { name: 'zz-event-paused', type: 'process', is_paused: true }],
      ['DELETE /work_pools/zz-event-paused'],
      ['POST /work_queues/', { name: 'zz-agent-queue' }, 'agents'],
      ['PATCH /work_queues/$agents.id', { is_paused: true }],
      ['DELETE /work_queues/$agents.id'],
    ],
  },
  {
    name: 'polls make pools, queues and deployments ready',
    steps: [
      ['POST /work_pools/', { name: 'zz-ready-pool', type: 'process' }, 'pool'],
      ['POST /flows/', { name: 'zz-ready-flow' }, 'flow'],
      [
        'POST /deployments/',
        { name: 'zz-polled', flow_id: '$flow.id', work_pool_name: 'zz-ready-pool', tags: ['t'] },
        'deployment',
      ],
      ['POST /deployments/', { name: 'zz-served', flow_id: '$flow.id' }, 'served'],
      ['POST /work_pools/zz-ready-pool/workers/heartbeat', { name: 'w' }],
      ['POST /work_pools/zz-ready-pool/get_scheduled_flow_runs', {}],
      ['POST /deployments/get_scheduled_flow_runs', { deployment_ids: ['$served.id'] }],
    ],
  },
  {
    name: 'deployments',
    steps: [
      ['POST /flows/', { name: 'zz-event-deployed' }, 'flow'],
      ['POST /work_pools/', { name: 'zz-event-place', type: 'process' }, 'pool'],
      ['POST /deployments/', { name: 'zz-event', flow_id: '$flow.id', tags: ['a'] }, 'deployment'],
      ['POST /deployments/', { name: 'zz-event', flow_id: '$flow.id', tags: ['a'] }],
      ['POST /deployments/', { name: 'zz-event', flow_id: '$flow.id', tags: ['b'], description: 'd' }],
      ['PATCH /deployments/$deployment.id', { description: 'other', parameters: { x: 1 } }],
      ['PATCH /deployments/$deployment.id', { description: 'other' }],
      ['PATCH /deployments/$deployment.id', { work_pool_name: 'zz-event-place' }],
      // No limits here: Prefect's server tells of one that is taken away and not of one that is set.
      [
        'PATCH /deployments/$deployment.id',
        { schedules: [{ schedule: { interval: 3600, anchor_date: '2030-01-01T00:00:00Z' }, active: false }] },
      ],
      ['POST /deployments/$deployment.id/pause_deployment'],
      ['POST /deployments/$deployment.id/resume_deployment'],
      ['PATCH /deployments/$deployment.id', { job_variables: { a: 'b' }, entrypoint: 'f.py:g', version: '2' }],
      ['DELETE /deployments/$deployment.id'],
    ],
  },
  {
    name: 'runs that fail, are cancelled and pause, and the automations that watch them',
    steps: [
      ['POST /flows/', { name: 'zz-story' }, 'flow'],
      [
        'POST /automations/',
        {
          name: 'zz-on-failure',
          trigger: { ...STORY, expect: ['prefect.flow-run.Failed'] },
          actions: [{ type: 'do-nothing' }],
          actions_on_trigger: [{ type: 'do-nothing' }],
          // No trigger of the open server is ever resolved.
          actions_on_resolve: [{ type: 'do-nothing' }],
        },
      ],
      [
        'POST /automations/',
        {
          name: 'zz-twice',
          trigger: {
            ...STORY,
            expect: ['prefect.flow-run.Running', 'prefect.flow-run.Completed'],
            for_each: ['prefect.resource.id'],
            threshold: 2,
            within: 300,
          },
          actions: [{ type: 'do-nothing' }],
        },
      ],
      [
        'POST /automations/',
        {
          name: 'zz-both',
          trigger: {
            type: 'sequence',
            within: 300,
            triggers: [
              { ...STORY, expect: ['prefect.flow-run.Running'] },
              { ...STORY, expect: ['prefect.flow-run.Cancelled'] },
            ],
          },
          actions: [{ type: 'do-nothing' }],
        },
      ],
      ['POST /flow_runs/', { flow_id: '$flow.id', name: 'zz-fails', state: { type: 'PENDING' } }, 'fails'],
      ['POST /flow_runs/$fails.id/set_state', { state: { type: 'RUNNING' } }],
      ['POST /flow_runs/$fails.id/set_state', { state: { type: 'FAILED', message: 'It broke.' } }],
      ['POST /flow_runs/', { flow_id: '$flow.id', name: 'zz-one', tags: ['t'], state: { type: 'RUNNING' } }, 'one'],
      ['POST /flow_runs/$one.id/set_state', { state: { type: 'COMPLETED' } }],
      ['POST /flow_runs/', { flow_id: '$flow.id', name: 'zz-pauses', state: { type: 'RUNNING' } }, 'pauses'],
      [
        'POST /flow_runs/$pauses.id/set_state',
        { state: { type: 'PAUSED', name: 'Suspended', state_details: { pause_reschedule: true } }, force: true },
      ],
      ['POST /flow_runs/$pauses.id/set_state', { state: { type: 'CANCELLING' }, force: true }],
      ['POST /flow_runs/$pauses.id/set_state', { state: { type: 'CANCELLED' }, force: true }],
      ['POST /flow_runs/$pauses.id/set_state', { state: { type: 'RUNNING' } }],
    ],
  },
];

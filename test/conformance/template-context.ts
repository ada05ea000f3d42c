import { templateEvent, templateObject } from '../../shared/domain/automations/template-objects.ts';
import { Labels } from '../../shared/domain/jinja/resources.ts';
import { Enum } from '../../shared/domain/jinja/things.ts';
import { fromPlain } from '../../shared/domain/jinja/values.ts';
import { eventPage, templateFilters } from '../../shared/operations/automations/template-filters.ts';

export const UI = 'https://prefect.test';
const idAt = (place: number) => `0194a5c8-0000-7000-8000-${String(place).padStart(12, '0')}`;
const AT = '2030-01-02T03:04:05.123456Z';
const made = (place: number, name: string) => ({ id: idAt(place), created: AT, updated: AT, name });
const STATE = {
  id: idAt(20),
  type: 'COMPLETED',
  name: 'Completed',
  timestamp: '2030-01-02T03:04:05Z',
  message: 'All done',
  data: null,
  state_details: { pause_timeout: null, scheduled_time: AT },
};
const TRIGGER = {
  type: 'event',
  id: idAt(30),
  match: { 'prefect.resource.id': 'prefect.flow-run.*' },
  match_related: {},
  after: [],
  expect: ['prefect.flow-run.Completed'],
  for_each: ['prefect.resource.id'],
  posture: 'Reactive',
  threshold: 1,
  within: 90,
};
const FLOW_RUN = {
  ...made(1, 'calm-otter'),
  flow_id: idAt(0),
  deployment_id: null,
  parameters: { x: 1, y: 'two', n: null, t: true, f: 1.5 },
  tags: ['t1', 't2'],
  state: STATE,
  state_name: 'Completed',
  state_type: 'COMPLETED',
  start_time: AT,
  end_time: null,
  run_count: 1,
  total_run_time: 61.5,
  estimated_run_time: 61.5,
  auto_scheduled: false,
  work_pool_name: null,
  created_by: null,
  idempotency_key: null,
};

/** The JSON of what an event involves, as both are given it. */
export const CONTEXT = {
  flow: { ...made(0, 'shop'), tags: [], labels: {} },
  flow_run: FLOW_RUN,
  deployment: {
    ...made(2, 'daily'),
    flow_id: idAt(0),
    tags: ['a'],
    paused: false,
    status: 'NOT_READY',
    parameters: {},
  },
  work_pool: { ...made(3, 'pool'), type: 'process', status: 'NOT_READY', is_paused: false, concurrency_limit: null },
  work_queue: {
    ...made(4, 'queue'),
    priority: 1,
    status: 'READY',
    is_paused: false,
    healthy: true,
    late_runs_count: 3,
    last_polled: '2030-01-02T03:00:00Z',
    health_check_policy: { maximum_late_runs: 0, maximum_seconds_since_last_polled: 60 },
  },
  automation: {
    ...made(5, 'watcher'),
    description: 'tells',
    enabled: true,
    tags: ['q'],
    trigger: TRIGGER,
    actions: [{ type: 'do-nothing' }],
  },
  event: {
    id: idAt(9),
    occurred: AT,
    received: '2030-01-02T03:04:06Z',
    event: 'prefect.flow-run.Completed',
    payload: { n: 1, f: 1.5, s: 'txt', b: true, z: null, l: [1, 'a', null], o: { k: 'v' } },
    resource: {
      'prefect.resource.id': `prefect.flow-run.${idAt(1)}`,
      'prefect.resource.name': 'calm-otter',
      'i.am.so': 'triggered',
      kingdom: 'Animalia',
    },
    related: [
      {
        'prefect.resource.id': `prefect.flow.${idAt(0)}`,
        'prefect.resource.role': 'flow',
        'prefect.resource.name': 'shop',
      },
      {
        'prefect.resource.id': 'prefect.work-pool.1',
        'prefect.resource.role': 'work-pool',
        'prefect.resource.name': 'this',
      },
      {
        'prefect.resource.id': 'prefect.work-pool.2',
        'prefect.resource.role': 'work-pool',
        'prefect.resource.name': 'that',
      },
    ],
    follows: null,
  },
  firing: { id: idAt(40), triggered: AT },
  labels: { 'i.am.so': 'triggered', 'prefect.resource.id': 'r.1' } as Record<string, string>,
  variables: { text: 'world', object: { a: [1, true, null, 'x'] }, none: null, yes: true, number: 12.3 },
};

/** What our templates see of it. */
export function contextOf(now: Date) {
  const { event, firing, labels, variables, ...things } = CONTEXT;
  const objects = Object.entries(things).map(([name, thing]) => [name, templateObject(name, thing)] as const);
  const shown = templateEvent(event, eventPage(`${UI}/api`, event));
  const fired = templateObject('firing', {
    ...firing,
    trigger: CONTEXT.automation.trigger,
    trigger_states: [new Enum('TriggerState', 'Triggered')],
    triggering_labels: fromPlain(labels),
    triggering_firings: [],
    triggering_event: shown,
    triggering_value: null,
  });
  const context: Record<string, unknown> = {
    ...Object.fromEntries(objects),
    event: shown,
    labels: new Labels(labels),
    firing: fired,
    firings: [fired],
    events: [shown],
    variables,
    task_run: null,
  };
  return { context, rendering: { filters: templateFilters(`${UI}/api`, context), now } };
}

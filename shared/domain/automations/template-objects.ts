import { type Event, resourceRole } from '../events/event.ts';
import { EventResource } from '../jinja/resources.ts';
import { Enum, Model } from '../jinja/things.ts';
import { DateTime, TimeDelta } from '../jinja/times.ts';
import { fromPlain, text, type Value } from '../jinja/values.ts';
import { isTerminal, type StateType } from '../states.ts';
import { findLabel } from './event-trigger.ts';

/** Fields that are times and spans in Prefect's own objects, whatever holds them. */
const SPANS = new Set([
  'total_run_time',
  'estimated_run_time',
  'estimated_start_time_delta',
  'schedule_after',
  'within',
]);
const TIMES =
  /^(?:created|updated|timestamp|occurred|received|triggered|last_polled|cache_expiration|pause_timeout|.*_time)$/;
/** What is nobody's object but the user's: its values are taken as they are. */
const PLAIN = new Set([
  'parameters',
  'labels',
  'context',
  'job_variables',
  'payload',
  'match',
  'match_related',
  'value',
  'data',
]);
const MODELS: Readonly<Record<string, string>> = {
  state: 'State',
  state_details: 'StateDetails',
  empirical_policy: 'FlowRunPolicy',
  created_by: 'CreatedBy',
  updated_by: 'UpdatedBy',
  trigger: 'EventTrigger',
  health_check_policy: 'WorkQueueHealthPolicy',
};
const SCHEMAS = 'prefect.server.schemas';
const EVENTS = 'prefect.server.events';

/** The classes of the things that a template may name, and the enumeration of their `status`. */
const CLASSES: Readonly<Record<string, readonly [className: string, status: string | null]>> = {
  automation: [`${EVENTS}.schemas.automations.Automation`, null],
  deployment: [`${SCHEMAS}.responses.DeploymentResponse`, 'DeploymentStatus'],
  flow: [`${SCHEMAS}.core.Flow`, null],
  flow_run: [`${SCHEMAS}.responses.FlowRunResponse`, null],
  task_run: [`${SCHEMAS}.core.TaskRun`, null],
  work_pool: [`${SCHEMAS}.core.WorkPool`, 'WorkPoolStatus'],
  work_queue: [`${SCHEMAS}.responses.WorkQueueWithStatus`, 'WorkQueueStatus'],
  concurrency_limit: [`${SCHEMAS}.core.ConcurrencyLimitV2`, null],
  firing: [`${EVENTS}.schemas.automations.Firing`, null],
};

/** One of Prefect's objects as its templates see it: times, spans and members of enumerations instead of texts and numbers. */
export function templateObject(kind: string, object: object): Model {
  const [className, status] = CLASSES[kind] ?? [kind, null];
  return modelOf(className, object, status);
}

function modelOf(className: string, object: object, status: string | null): Model {
  const fields = Object.entries(object).map(
    ([name, value]) => [name, fieldOf(name, value, className, status)] as const,
  );
  return new Model(
    className,
    new Map(fields),
    className === 'State' ? stateMethods(object as { type?: StateType }) : {},
  );
}

function fieldOf(name: string, value: unknown, className: string, status: string | null): Value {
  if (PLAIN.has(name) || value === null || value === undefined) return fromPlain(value);
  if (SPANS.has(name) && typeof value === 'number') return new TimeDelta(value);
  if (typeof value === 'string') {
    if (TIMES.test(name)) return DateTime.parse(value) ?? value;
    if (name === 'status' && status) return new Enum(status, value);
    if (name === 'state_type' || (name === 'type' && className === 'State')) return new Enum('StateType', value);
    return name === 'posture' ? new Enum('Posture', value) : value;
  }
  if (Array.isArray(value)) return value.map((item) => fieldOf(singular(name), item, className, status));
  const isObject = typeof value === 'object' && Object.getPrototypeOf(value) === Object.prototype;
  if (!isObject) return fromPlain(value);
  return modelOf(MODELS[name] ?? className, value, null);
}

/** The elements of `triggers` are triggers; those of `actions_on_trigger` are no less actions than others. */
const singular = (name: string): string => (name === 'triggers' ? 'trigger' : name);

function stateMethods({ type }: { readonly type?: StateType }): Record<string, Value> {
  const is = ['SCHEDULED', 'PENDING', 'RUNNING', 'COMPLETED', 'FAILED', 'CRASHED', 'CANCELLED', 'CANCELLING', 'PAUSED'];
  const methods = is.map((one) => [`is_${one.toLowerCase()}`, () => type === one] as const);
  return { ...Object.fromEntries(methods), is_final: () => isTerminal(type) };
}

/** An event with what Prefect's `ReceivedEvent` finds in it. `url` is where its page is. */
export function templateEvent(event: Event, url: string | null): Model {
  const resource = new EventResource(event.resource);
  const related = event.related.map((one) => new EventResource(one));
  const fields: [string, Value][] = [
    ['occurred', DateTime.parse(event.occurred) ?? event.occurred],
    ['event', event.event],
    ['resource', resource],
    ['related', related],
    ['payload', fromPlain(event.payload)],
    ['id', event.id],
    ['follows', event.follows],
  ];
  if ('received' in event) fields.push(['received', DateTime.parse(String(event.received)) ?? null]);
  const roles = new Map<Value, Value[]>();
  for (const one of related) roles.set(resourceRole(one.labels), [...(roles.get(resourceRole(one.labels)) ?? []), one]);
  return new Model(`${EVENTS}.schemas.events.ReceivedEvent`, new Map(fields), {
    url,
    involved_resources: [resource, ...related],
    resources_in_role: roles,
    resource_in_role: new Map([...roles].map(([role, ones]) => [role, ones[0]!])),
    size_bytes: new TextEncoder().encode(JSON.stringify(event)).length,
    find_resource_label: ([label]) => findLabel(event, text(label ?? '')) ?? null,
  });
}

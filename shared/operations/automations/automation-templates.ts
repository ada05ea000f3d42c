import { inferredId, resourceOfKind } from '../../domain/automations/firing.ts';
import type { Event, Resource } from '../../domain/events/event.ts';
import type { Json, JsonObject } from '../../domain/json/json.ts';
import type { App } from '../app.ts';
import { readLimit } from '../concurrency/concurrency-limits.ts';
import { readDeploymentAnswer } from '../deployments/deployments.ts';
import { hydrateWithVariables } from '../deployments/hydrate-parameters.ts';
import { readFlowRun } from '../flow-runs/flow-runs.ts';
import { readTaskRun } from '../task-runs/task-runs.ts';
import { readWorkPool } from '../work-pools/work-pools.ts';
import { queueAnswer } from '../work-pools/work-queues.ts';
import { templateFilters } from './template-filters.ts';

interface Rendered {
  readonly firing: { readonly automation: object; readonly triggering_labels: Record<string, string> };
  readonly cause: Event | null;
}

/** Templates of an action, rendered with what Prefect gives them; what is not there is empty. Throws `TemplateError`. */
export async function renderAll(app: App, given: Rendered, templates: readonly string[]): Promise<string[]> {
  if (!templates.some(isTemplate)) return [...templates];
  const { renderTemplate } = await import('../../domain/parameters/templates.ts');
  const context = await contextFor(app, given, templates);
  return templates.map((template) => renderTemplate(template, context));
}

/**
 * The parameters of a run: texts that are templates are rendered, one that is a single expression keeps the type of its
 * value; recipes (`__prefect_kind`) are carried out. Throws `HydrationError`.
 */
export async function renderParameters(app: App, given: Rendered, parameters: JsonObject): Promise<JsonObject> {
  const recipes = asRecipes(parameters) as JsonObject;
  const context = await contextFor(app, given, [JSON.stringify(recipes)]);
  return hydrateWithVariables(app, recipes, context);
}

/** Prefect's upgrade of plain texts to recipes; what is a recipe already stays. */
function asRecipes(value: Json): Json {
  if (typeof value === 'string') return isTemplate(value) ? asRecipe(value) : value;
  if (Array.isArray(value)) return value.map(asRecipes);
  if (value === null || typeof value !== 'object' || '__prefect_kind' in value) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, asRecipes(item)]));
}

function asRecipe(text: string): JsonObject {
  const single = /^\{\{((?:(?!\{\{)[\s\S])*)\}\}$/.exec(text.trim());
  if (!single) return { __prefect_kind: 'jinja', template: text };
  const template = `{{ ${single[1]!.trim()} | tojson }}`;
  return { __prefect_kind: 'json', value: { __prefect_kind: 'jinja', template } };
}

const isTemplate = (text: string): boolean => text.includes('{{') || text.includes('{%');

/** The objects that the event involves are read only when a template names them. */
async function contextFor(app: App, given: Rendered, templates: readonly string[]): Promise<Record<string, unknown>> {
  const { cause } = given;
  const firing = { ...given.firing, triggering_event: undefined };
  const event = cause && eventContext(cause);
  const context: Record<string, unknown> = {
    automation: firing.automation,
    event,
    labels: nested(firing.triggering_labels),
    firing,
    firings: [firing],
    events: event ? [event] : [],
  };
  if (cause) await addInvolved(app, cause, templates, context);
  return { ...context, ...templateFilters(app.settings.apiUrl, context) };
}

async function addInvolved(
  app: App,
  cause: Event,
  templates: readonly string[],
  context: Record<string, unknown>,
): Promise<void> {
  const text = templates.join('\n');
  for (const [name, read] of Object.entries(READERS)) {
    if (new RegExp(`\\b${name}\\b`).test(text)) context[name] = await read(app, cause).catch(() => null);
  }
  if (/\bvariables\b/.test(text)) context['variables'] = await allVariables(app);
}

const idIn = (event: Event, kind: string): string => {
  const id = inferredId(event, kind);
  if (id === null) throw new Error(`The event involves no ${kind}.`);
  return id;
};

const READERS: Record<string, (app: App, event: Event) => Promise<object | null>> = {
  concurrency_limit: (app, event) => readLimit(app, idIn(event, 'prefect.concurrency-limit')),
  deployment: (app, event) => readDeploymentAnswer(app, idIn(event, 'prefect.deployment')),
  flow: (app, event) => app.store.flows.get(idIn(event, 'prefect.flow')),
  flow_run: async (app, event) =>
    asInEvent(await readFlowRun(app, idIn(event, 'prefect.flow-run')), resourceOfKind(event, 'prefect.flow-run')),
  task_run: async (app, event) =>
    asInEvent(await readTaskRun(app, idIn(event, 'prefect.task-run')), resourceOfKind(event, 'prefect.task-run')),
  work_pool: async (app, event) => {
    const pool = await app.store.workPools.get(idIn(event, 'prefect.work-pool'));
    return pool && readWorkPool(app, pool.name);
  },
  work_queue: async (app, event) => {
    const queue = await app.store.workQueues.get(idIn(event, 'prefect.work-queue'));
    return queue && queueAnswer(app, queue);
  },
};

/** The run may have moved on since: templates see the state that the event tells of. */
function asInEvent<Run extends { state: object | null }>(run: Run, resource: Resource | null): Run {
  const type = resource?.['prefect.state-type'];
  if (!resource || type === undefined) return run;
  const {
    'prefect.state-name': name,
    'prefect.state-message': message,
    'prefect.state-timestamp': timestamp,
  } = resource;
  return { ...run, state: { ...run.state, type, name, message, timestamp } };
}

function eventContext(event: Event): object {
  return { ...event, resource: resourceContext(event.resource), related: event.related.map(resourceContext) };
}

/** Prefect's resources have a few labels as attributes too. */
const resourceContext = (resource: Resource): object => ({
  ...resource,
  id: resource['prefect.resource.id'],
  name: resource['prefect.resource.name'] ?? null,
  role: resource['prefect.resource.role'] ?? null,
  labels: resource,
});

/** `prefect.resource.id` is found as `labels.prefect.resource.id`. */
function nested(labels: Record<string, string>): JsonObject {
  const root: JsonObject = Object.create(null);
  for (const [label, value] of Object.entries(labels)) {
    const path = label.split('.');
    let place = root;
    for (const part of path.slice(0, -1)) {
      const inner = place[part];
      if (typeof inner === 'object' && inner !== null && !Array.isArray(inner)) place = inner;
      else place = place[part] = Object.create(null) as JsonObject;
    }
    place[path.at(-1)!] = value;
  }
  return root;
}

async function allVariables(app: App): Promise<JsonObject> {
  const values: JsonObject = {};
  for await (const { name, value } of app.store.variables.list()) values[name] = value;
  return values;
}

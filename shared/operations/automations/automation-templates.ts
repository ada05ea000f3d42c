import type { StoredAutomation } from '../../domain/automation.ts';
import { type ChildFiring, triggerById } from '../../domain/automations/composite.ts';
import { type Firing, inferredId, resourceOfKind } from '../../domain/automations/firing.ts';
import { templateEvent, templateObject } from '../../domain/automations/template-objects.ts';
import type { Event, Resource } from '../../domain/events/event.ts';
import { Labels } from '../../domain/jinja/resources.ts';
import { Enum, type Model } from '../../domain/jinja/things.ts';
import { fromPlain } from '../../domain/jinja/values.ts';
import type { JsonObject } from '../../domain/json/json.ts';
import { TemplateError } from '../../domain/parameters/template-bounds.ts';
import { asRecipes, isTemplate } from '../../domain/parameters/template-recipes.ts';
import { type Rendering, renderTemplate } from '../../domain/parameters/templates.ts';
import { STATE_TYPES } from '../../domain/states.ts';
import type { App } from '../app.ts';
import { readLimit } from '../concurrency/concurrency-limits.ts';
import { readDeploymentAnswer } from '../deployments/deployments.ts';
import { hydrateWithVariables } from '../deployments/hydrate-parameters.ts';
import { readFlowRun } from '../flow-runs/flow-runs.ts';
import { readTaskRun } from '../task-runs/task-runs.ts';
import { readWorkQueueStatus } from '../work-pools/agent-queues.ts';
import { readWorkPool } from '../work-pools/work-pools.ts';
import { queueAnswer } from '../work-pools/work-queues.ts';
import type { Performance } from './automation-performance.ts';
import { eventPage, templateFilters } from './template-filters.ts';

type Rendered = Pick<Performance, 'firing' | 'cause'>;

/** A template that could not be rendered, and which. */
export class RenderFailed extends TemplateError {
  readonly template: string;
  constructor(error: TemplateError, template: string) {
    super(error.message, { cause: error });
    this.template = template;
  }
}

/** Templates of an action, rendered with what Prefect gives them; what is not there is empty. Throws `RenderFailed`. */
export async function renderAll(app: App, given: Rendered, templates: readonly string[]): Promise<string[]> {
  if (!templates.some(isTemplate)) return [...templates];
  const { context, rendering } = await contextFor(app, given, templates);
  return templates.map((template) => {
    try {
      return renderTemplate(template, context, rendering);
    } catch (error) {
      throw error instanceof TemplateError ? new RenderFailed(error, template) : error;
    }
  });
}

/**
 * The parameters of a run: texts that are templates are rendered, one that is a single expression keeps the type of its
 * value; recipes (`__prefect_kind`) are carried out. Throws `HydrationError`.
 */
export async function renderParameters(app: App, given: Rendered, parameters: JsonObject): Promise<JsonObject> {
  const recipes = asRecipes(parameters) as JsonObject;
  const { context, rendering } = await contextFor(app, given, [JSON.stringify(recipes)]);
  return hydrateWithVariables(app, recipes, context, rendering);
}

/** The objects that the event involves are read only when a template names them. */
async function contextFor(app: App, { firing, cause }: Rendered, templates: readonly string[]) {
  const all = allFirings(firing);
  const context: Record<string, unknown> = {
    automation: templateObject('automation', shown(firing.automation)),
    event: cause && eventOf(app, cause),
    labels: new Labels(firing.triggering_labels),
    firing: firingObject(app, firing, firing),
    firings: all.map((one) => firingObject(app, firing, one)),
    events: all.flatMap(({ triggering_event: event }) => (event ? [eventOf(app, event)] : [])),
  };
  if (cause) await addInvolved(app, cause, templates, context);
  const rendering: Rendering = { filters: templateFilters(app.settings.apiUrl, context), now: app.clock.now() };
  return { context, rendering };
}

const shown = ({ owner_resource: _, ...automation }: StoredAutomation): object => automation;
const eventOf = (app: App, event: Event): Model => templateEvent(event, eventPage(app.settings.apiUrl, event));

type AnyFiring = Omit<ChildFiring, 'trigger_id' | 'triggering_firings'> &
  Partial<Pick<ChildFiring, 'trigger_id' | 'triggering_firings'>>;

/** It and those that made it fire, depth first. */
function allFirings(firing: AnyFiring): AnyFiring[] {
  return [firing, ...(firing.triggering_firings ?? []).flatMap(allFirings)];
}

function firingObject(app: App, { automation }: Pick<Firing, 'automation'>, firing: AnyFiring): Model {
  const { id, trigger_id, triggered, triggering_labels, triggering_event: event, triggering_firings = [] } = firing;
  return templateObject('firing', {
    id,
    trigger: trigger_id === undefined ? automation.trigger : triggerById(automation, trigger_id),
    trigger_states: [new Enum('TriggerState', 'Triggered')],
    triggered,
    triggering_labels: fromPlain(triggering_labels),
    triggering_firings: triggering_firings.map((child) => firingObject(app, { automation }, child)),
    triggering_event: event && eventOf(app, event),
    triggering_value: null,
  });
}

async function addInvolved(
  app: App,
  cause: Event,
  templates: readonly string[],
  context: Record<string, unknown>,
): Promise<void> {
  const text = templates.join('\n');
  for (const [name, read] of Object.entries(READERS)) {
    if (!new RegExp(`\\b${name}\\b`).test(text)) continue;
    const found = await read(app, cause).catch(() => null);
    context[name] = found && templateObject(name, found);
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
    return queue && { ...(await queueAnswer(app, queue)), ...(await readWorkQueueStatus(app, queue.id)) };
  },
};

/** The run may have moved on since: templates see the state that the event tells of, if it tells of one. */
function asInEvent<Run extends { state: object | null }>(run: Run, resource: Resource | null): Run {
  const {
    'prefect.state-type': type,
    'prefect.state-name': name,
    'prefect.state-message': message,
    'prefect.state-timestamp': timestamp,
  } = resource ?? {};
  if (name === undefined || message === undefined || timestamp === undefined) return run;
  if (!STATE_TYPES.some((known) => known === type)) return run;
  return { ...run, state: { ...run.state, type, name, message, timestamp } };
}

async function allVariables(app: App): Promise<JsonObject> {
  const values: JsonObject = {};
  for await (const { name, value } of app.store.variables.list()) values[name] = value;
  return values;
}

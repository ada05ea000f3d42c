import type {
  AutomationCreate,
  AutomationFilter,
  AutomationsFilterBody,
  AutomationUpdate,
} from '../../api/schemas/automations.ts';
import {
  type Automation,
  type AutomationAction,
  loopDanger,
  relatedResources,
  type StoredAutomation,
  withTriggerIds,
} from '../../domain/automation.ts';
import { ClientError, notFound } from '../../domain/errors.ts';
import { automationEvent } from '../../domain/events/lifecycle-events.ts';
import { isJsonObject, type Json, type JsonObject } from '../../domain/json/json.ts';
import { type App, timestamp } from '../app.ts';
import { checkJobVariables } from '../deployments/job-variables.ts';
import { announce } from '../events/announce.ts';
import { matchesAutomation } from '../filters/automations.ts';
import { byText, countRows, matching, sorted, takePage } from '../lists/filtering.ts';
import { forgetChildren, openWindows } from './automation-buckets.ts';
import { learnAutomation } from './automation-triggers.ts';

/**
 * Stores an automation. Throws 422 for one that would start itself again and again, or whose job variables do not fit the pool of
 * the deployment that it runs; 404 when job variables are for a deployment that is not there.
 */
export async function createAutomation(app: App, body: AutomationCreate): Promise<Automation> {
  await checkActions(app, body.actions);
  const now = timestamp(app);
  const automation: StoredAutomation = {
    id: app.clock.newId(),
    created: now,
    updated: now,
    name: body.name,
    description: body.description ?? '',
    enabled: body.enabled ?? true,
    tags: body.tags ?? [],
    trigger: withTriggerIds(body.trigger, () => app.clock.newId()),
    actions: body.actions,
    actions_on_trigger: body.actions_on_trigger ?? [],
    actions_on_resolve: body.actions_on_resolve ?? [],
    owner_resource: body.owner_resource ?? null,
  };
  const { doc } = await app.store.automations.create(refuseLoops(automation));
  await settle(app, doc);
  await announce(app, (stamp) => automationEvent(stamp, 'created', present(doc)));
  return present(doc);
}

async function checkActions(app: App, actions: readonly AutomationAction[]): Promise<void> {
  for (const action of actions) {
    const { deployment_id: id, job_variables: given } = action;
    if (action.type !== 'run-deployment' || typeof id !== 'string') continue;
    if (!isJsonObject(given as Json) || Object.keys(given as JsonObject).length === 0) continue;
    const deployment = await app.store.deployments.get(id);
    if (!deployment) throw notFound('Deployment not found.');
    const pool = deployment.work_pool_id ? await app.store.workPools.get(deployment.work_pool_id) : null;
    if (!pool) continue;
    await checkJobVariables(app, pool.base_job_template, [deployment.job_variables, given as JsonObject], {
      prefix: 'Error creating automation',
      ignoreRequired: false,
    });
  }
}

export async function readAutomation(app: App, id: string): Promise<Automation> {
  const automation = await app.store.automations.get(id);
  if (!automation) throw automationNotFound();
  return present(automation);
}

/** Replaces what is given; triggers get new ids. Throws as creating one does, and 404. */
export async function updateAutomation(app: App, id: string, body: Partial<AutomationUpdate>): Promise<void> {
  await checkActions(app, body.actions ?? []);
  const updated = timestamp(app);
  const given = Object.fromEntries(Object.entries(body).filter(([, value]) => value !== undefined));
  const trigger = body.trigger && { trigger: withTriggerIds(body.trigger, () => app.clock.newId()) };
  let before: StoredAutomation | null = null;
  const changed = await app.store.automations.update(id, (automation) => {
    before = automation;
    return refuseLoops({ ...automation, ...given, ...trigger, updated });
  });
  if (!changed) throw automationNotFound();
  await settle(app, changed);
  if (trigger && before) await forgetChildren(app, before);
  await announce(app, (stamp) => automationEvent(stamp, 'updated', present(changed)));
}

export async function deleteAutomation(app: App, id: string): Promise<void> {
  const automation = await app.store.automations.get(id);
  if (!automation) throw automationNotFound();
  await remove(app, automation);
}

async function remove(app: App, automation: StoredAutomation): Promise<void> {
  await app.store.automations.delete(automation.id);
  learnAutomation(app, automation, 'deleted');
  await forgetChildren(app, automation);
  await announce(app, (stamp) => automationEvent(stamp, 'deleted', present(automation)));
}

export async function filterAutomations(app: App, body: AutomationsFilterBody): Promise<Automation[]> {
  const sort = body.sort ?? 'NAME_ASC';
  const rows = matching(app.store.automations.list({ descending: sort === 'NAME_DESC' }), (automation) =>
    matchesAutomation(body.automations, automation),
  );
  if (sort === 'NAME_ASC' || sort === 'NAME_DESC') return (await takePage(rows, body)).map(present);
  const field = sort === 'CREATED_DESC' ? 'created' : 'updated';
  const ordered = sorted(rows, (a, b) => byText(b[field], a[field]) || byText(a.id, b.id));
  return (await takePage(ordered, body)).map(present);
}

export async function countAutomations(app: App, filter: AutomationFilter | null | undefined): Promise<number> {
  return countRows(matching(app.store.automations.list(), (automation) => matchesAutomation(filter, automation)));
}

/** Those that the resource owns, and those that run this deployment. */
export async function automationsRelatedTo(app: App, resource: string): Promise<Automation[]> {
  const found: Automation[] = [];
  for await (const automation of app.store.automations.list()) {
    if (relatedResources(automation).includes(resource)) found.push(present(automation));
  }
  return found;
}

/** May be repeated. */
export async function deleteAutomationsOwnedBy(app: App, resource: string): Promise<void> {
  for await (const automation of app.store.automations.list()) {
    if (automation.owner_resource === resource) await remove(app, automation);
  }
}

/** From now on this process evaluates it as it is. */
async function settle(app: App, automation: StoredAutomation): Promise<void> {
  learnAutomation(app, automation, 'stored');
  await openWindows(app, automation);
}

function refuseLoops(automation: StoredAutomation): StoredAutomation {
  const danger = loopDanger(automation);
  if (danger) throw new ClientError('invalid', danger, { details: { problem: true } });
  return automation;
}

function present({ owner_resource: _, ...automation }: StoredAutomation): Automation {
  return automation;
}

const automationNotFound = (): ClientError =>
  new ClientError('not-found', 'Automation not found', { details: { exception: true } });

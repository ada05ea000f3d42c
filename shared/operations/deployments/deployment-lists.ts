import type {
  DeploymentFilterBody,
  DeploymentPaginateBody,
  DeploymentsDeleteBody,
  ScheduledFlowRunsBody,
} from '../../api/schemas/deployments.ts';
import type { FilterEnvelope } from '../../api/schemas/filters.ts';
import type { Deployment } from '../../domain/deployment.ts';
import type { FlowRun } from '../../domain/flow-run.ts';
import type { WorkQueue } from '../../domain/work-pool.ts';
import { type App, toTimestamp } from '../app.ts';
import { announceDeploymentStatus, watchFromNow } from '../events/status-events.ts';
import { relatedMatcher } from '../filters/related.ts';
import { type FlowRunResponse, flowRunResponse } from '../flow-runs/flow-run-response.ts';
import {
  byText,
  countRows,
  matching,
  type Paginated,
  pageSize,
  paginated,
  sorted,
  takePage,
} from '../lists/filtering.ts';
import { handsOut, keepPolledSchedulesGoing } from '../schedules/polled-schedules.ts';
import { deleteDeployment } from './delete-deployment.ts';
import { type DeploymentResponse, deploymentResponses } from './deployment-response.ts';
import { readDeployment } from './read-deployment.ts';

/** `POST /deployments/filter`, by name unless another order is asked for. */
export async function filterDeployments(app: App, body: DeploymentFilterBody): Promise<DeploymentResponse[]> {
  pageSize(body.limit);
  return deploymentResponses(app, await takePage(inOrder(app, body), body));
}

export async function countDeployments(app: App, filters: FilterEnvelope): Promise<number> {
  return countRows(matchingDeployments(app, filters, false));
}

export async function paginateDeployments(
  app: App,
  body: DeploymentPaginateBody,
): Promise<Paginated<DeploymentResponse>> {
  const [limit, page] = [pageSize(body.limit), body.page ?? 1];
  const results = await filterDeployments(app, { ...body, limit, offset: (page - 1) * limit });
  return paginated(results, await countDeployments(app, body), limit, page);
}

/** Deletes the first deployments by name that match; answers with the ids of those that are gone. May be repeated. */
export async function deleteDeployments(app: App, body: DeploymentsDeleteBody): Promise<{ deleted: string[] }> {
  const matched = matchingDeployments(app, { deployments: body.deployments }, false);
  const deleted = (await takePage(matched, { limit: body.limit })).map(({ id }) => id);
  for (const id of deleted) await deleteDeployment(app, id);
  return { deleted };
}

function inOrder(app: App, body: DeploymentFilterBody): AsyncIterable<Deployment> {
  const sort = body.sort ?? 'NAME_ASC';
  const rows = matchingDeployments(app, body, sort === 'NAME_DESC');
  if (sort === 'NAME_ASC') return chosenIds(body) ? sorted(rows, (a, b) => byText(a.name, b.name)) : rows;
  if (sort === 'NAME_DESC') return chosenIds(body) ? sorted(rows, (a, b) => byText(b.name, a.name)) : rows;
  const field = sort === 'CREATED_DESC' ? 'created' : 'updated';
  return sorted(rows, (a, b) => byText(b[field], a[field]) || byText(a.id, b.id));
}

function matchingDeployments(app: App, filters: FilterEnvelope, descending: boolean): AsyncGenerator<Deployment> {
  const related = relatedMatcher(app, filters);
  const ids = chosenIds(filters);
  const rows = ids ? byIds(app, ids) : app.store.deployments.list({ descending });
  return matching(rows, (deployment) => related.deployment(deployment));
}

/** The ids to which the filter narrows the list, if it does. */
function chosenIds({ deployments }: FilterEnvelope): string[] | null {
  return deployments && deployments.operator !== 'or_' ? (deployments.id?.any_ ?? null) : null;
}

async function* byIds(app: App, ids: readonly string[]): AsyncGenerator<Deployment> {
  yield* await app.store.deployments.getMany([...new Set(ids)]);
}

/** A process that serves deployments asks for the runs that are due; asking makes them ready (prefect-api 1b, 5.4). */
export async function scheduledRunsOfDeployments(app: App, body: ScheduledFlowRunsBody): Promise<FlowRunResponse[]> {
  const limit = pageSize(body.limit);
  const before = body.scheduled_before ?? null;
  const runs: FlowRun[] = [];
  const mayStart = handsOut(app);
  for await (const doc of app.store.flowRuns.byState('SCHEDULED', before ? { to: before } : {})) {
    const { run } = doc;
    const asked = run.deployment_id !== null && body.deployment_ids.includes(run.deployment_id);
    const due = before === null || (run.next_scheduled_start_time ?? '') <= before;
    if (asked && due && run.state_type === 'SCHEDULED' && (await mayStart(doc))) runs.push(run);
  }
  await markDeploymentsReady(app, body.deployment_ids, 'itself');
  runs.sort((a, b) => byText(a.next_scheduled_start_time, b.next_scheduled_start_time) || byText(a.id, b.id));
  const given = runs.slice(0, limit);
  await keepPolledSchedulesGoing(app, given);
  return given.map((run) => flowRunResponse(run, app.clock.now()));
}

/** A poll is noted at most this often, so that polling does not become writing. */
const NOTED_EVERY_SECONDS = 30;

/**
 * Notes that somebody is there to run these deployments. `updated` stays: nothing about them has changed. One that is polled by
 * itself gets a timer of its own; the others are looked after with their queue.
 */
export async function markDeploymentsReady(
  app: App,
  ids: readonly string[],
  by: 'itself' | 'its queue',
): Promise<void> {
  const now = app.clock.now();
  const stale = toTimestamp(new Date(now.getTime() - NOTED_EVERY_SECONDS * 1000));
  await Promise.all([...new Set(ids)].map((id) => markReady(id)));

  async function markReady(id: string): Promise<void> {
    const before = await app.store.deployments.get(id);
    if (!before || isNoted(before)) return;
    if (by === 'itself' && before.status !== 'READY') await watchFromNow(app, 'deployment', id);
    let wasReady = true;
    const marked = await app.store.deployments.update(id, (deployment) => {
      wasReady = deployment.status === 'READY';
      return isNoted(deployment) ? null : { ...deployment, status: 'READY', last_polled: toTimestamp(now) };
    });
    if (marked && !wasReady) await announceDeploymentStatus(app, marked);
  }

  function isNoted({ status, last_polled }: Deployment): boolean {
    return status === 'READY' && last_polled !== null && last_polled > stale;
  }
}

/**
 * `GET /deployments/{id}/work_queue_check`: the queues that could take its runs as Prefect answers it: those without a filter, and
 * those whose filter it fits; oldest first. Throws 404.
 */
export async function queuesOfDeployment(app: App, id: string): Promise<Omit<WorkQueue, 'work_pool_name'>[]> {
  const { tags } = await readDeployment(app, id);
  const queues: WorkQueue[] = [];
  for await (const queue of app.store.workQueues.list()) {
    const { tags: wanted, deployment_ids: ids } = queue.filter ?? { tags: null, deployment_ids: null };
    if ((wanted ?? []).every((tag) => tags.includes(tag)) && (!ids?.length || ids.includes(id))) queues.push(queue);
  }
  return queues.toSorted((a, b) => byText(a.created, b.created)).map(({ work_pool_name: _, ...queue }) => queue);
}

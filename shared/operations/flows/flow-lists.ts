import type { FilterEnvelope } from '../../api/schemas/filters.ts';
import type { FlowSort } from '../../api/schemas/flows.ts';
import type { Flow } from '../../domain/flow.ts';
import type { App } from '../app.ts';
import { relatedMatcher } from '../filters/related.ts';
import {
  byText,
  countRows,
  matching,
  type Page,
  type Paginated,
  pageSize,
  paginated,
  sorted,
  takePage,
} from '../lists/filtering.ts';

type FlowQuery = FilterEnvelope & Page & { sort?: FlowSort | null | undefined };

/** `POST /flows/filter`, by name unless another order is asked for. */
export async function filterFlows(app: App, query: FlowQuery): Promise<Flow[]> {
  pageSize(query.limit);
  return takePage(inOrder(app, query), query);
}

export async function countFlows(app: App, filters: FilterEnvelope): Promise<number> {
  return countRows(matchingFlows(app, filters));
}

export async function paginateFlows(
  app: App,
  query: FlowQuery & { page?: number | null | undefined },
): Promise<Paginated<Flow>> {
  const [limit, page] = [pageSize(query.limit), query.page ?? 1];
  const results = await filterFlows(app, { ...query, limit, offset: (page - 1) * limit });
  return paginated(results, await countFlows(app, query), limit, page);
}

function inOrder(app: App, query: FlowQuery): AsyncIterable<Flow> {
  const sort = query.sort ?? 'NAME_ASC';
  const ids = directIds(query);
  if (sort === 'NAME_ASC' && !ids) return matchingFlows(app, query);
  if (sort === 'NAME_DESC' && !ids) return matchingFlows(app, query, true);
  const compare: Record<FlowSort, (a: Flow, b: Flow) => number> = {
    NAME_ASC: (a, b) => byText(a.name, b.name),
    NAME_DESC: (a, b) => byText(b.name, a.name),
    CREATED_DESC: (a, b) => byText(b.created, a.created) || byText(a.id, b.id),
    UPDATED_DESC: (a, b) => byText(b.updated, a.updated) || byText(a.id, b.id),
  };
  return sorted(matchingFlows(app, query), compare[sort]);
}

function matchingFlows(app: App, filters: FilterEnvelope, descending = false): AsyncGenerator<Flow> {
  const related = relatedMatcher(app, filters);
  const ids = directIds(filters);
  const rows = ids ? some(app, ids) : app.store.flows.list({ descending });
  return matching(rows, (flow) => related.flow(flow));
}

function directIds(filters: FilterEnvelope): string[] | null {
  return filters.flows && filters.flows.operator !== 'or_' ? (filters.flows.id?.any_ ?? null) : null;
}

async function* some(app: App, ids: readonly string[]): AsyncGenerator<Flow> {
  yield* await app.store.flows.getMany([...new Set(ids)]);
}

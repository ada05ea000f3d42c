import type { FlowFilter } from '../../api/schemas/filters.ts';
import { combine, named, tagged } from '../../domain/filters/criteria.ts';
import type { Flow } from '../../domain/flow.ts';

/** Prefect's `FlowFilter`; `hasDeployment` answers its `deployment.is_null_`. */
export function matchesFlow(filter: FlowFilter | null | undefined, flow: Flow, hasDeployment = true): boolean {
  if (!filter) return true;
  const wanted = filter.deployment?.is_null_;
  return combine(filter.operator, [
    named(filter.id, flow.id),
    named(filter.name, flow.name),
    tagged(filter.tags, flow.tags),
    wanted === null || wanted === undefined ? null : hasDeployment !== wanted,
  ]);
}

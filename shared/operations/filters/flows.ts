import type { FlowFilter } from '../../api/schemas/filters.ts';
import { asked, combine, named, tagged } from '../../domain/filters/criteria.ts';
import type { Flow } from '../../domain/flow.ts';

/** Prefect's `FlowFilter`; `hasDeployment` answers its `deployment.is_null_`. */
export function matchesFlow(filter: FlowFilter | null | undefined, flow: Flow, hasDeployment = true): boolean {
  if (!filter) return true;
  return combine(filter.operator, [
    named(filter.id, flow.id),
    named(filter.name, flow.name),
    tagged(filter.tags, flow.tags),
    asked(filter.deployment, ({ is_null_ }) => [is_null_ == null ? null : hasDeployment !== is_null_]),
  ]);
}

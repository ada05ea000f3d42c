import type { DeploymentFilter } from '../../api/schemas/filters.ts';
import type { Deployment } from '../../domain/deployment.ts';
import { anyOf, asked, combine, like, named, tagged } from '../../domain/filters/criteria.ts';

/** Prefect's `DeploymentFilter`; `flowName` answers `flow_or_deployment_name`. */
export function matchesDeployment(
  filter: DeploymentFilter | null | undefined,
  deployment: Deployment,
  flowName: string,
): boolean {
  if (!filter) return true;
  const { flow_or_deployment_name: eitherName, paused, work_queue_name, concurrency_limit } = filter;
  return combine(filter.operator, [
    named(filter.id, deployment.id),
    named(filter.name, deployment.name),
    eitherName && combine('or_', [like(eitherName.like_, deployment.name), like(eitherName.like_, flowName)]),
    asked(paused, ({ eq_ }) => [eq_ == null ? null : deployment.paused === eq_]),
    tagged(filter.tags, deployment.tags),
    asked(work_queue_name, ({ any_ }) => [anyOf(any_, deployment.work_queue_name)]),
    // Prefect takes this one and looks at nothing.
    asked(concurrency_limit, () => []),
  ]);
}

import type { DeploymentFilter } from '../../api/schemas/filters.ts';
import type { Deployment } from '../../domain/deployment.ts';
import { anyOf, type Check, combine, isNull, like, named, tagged } from '../../domain/filters/criteria.ts';

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
    typeof paused?.eq_ === 'boolean' ? deployment.paused === paused.eq_ : null,
    tagged(filter.tags, deployment.tags),
    work_queue_name && anyOf(work_queue_name.any_, deployment.work_queue_name),
    concurrency_limit && limited(concurrency_limit, deployment.concurrency_limit),
  ]);
}

function limited(criteria: NonNullable<DeploymentFilter['concurrency_limit']>, limit: number | null): Check {
  return combine('and_', [
    typeof criteria.ge_ === 'number' ? limit !== null && limit >= criteria.ge_ : null,
    typeof criteria.le_ === 'number' ? limit !== null && limit <= criteria.le_ : null,
    isNull(criteria.is_null_, limit),
  ]);
}

import type { VariableFilter } from '../../api/schemas/filters.ts';
import { combine, named, tagged } from '../../domain/filters/criteria.ts';
import type { Variable } from '../../domain/variable.ts';

export function matchesVariable(filter: VariableFilter | null | undefined, variable: Variable): boolean {
  if (!filter) return true;
  return combine(filter.operator, [
    named(filter.id, variable.id),
    named(filter.name, variable.name),
    tagged(filter.tags, variable.tags),
  ]);
}

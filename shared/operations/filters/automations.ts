import type { AutomationFilter } from '../../api/schemas/automations.ts';
import type { Automation } from '../../domain/automation.ts';
import { anyOf, combine, inTime, tagged } from '../../domain/filters/criteria.ts';

export function matchesAutomation(filter: AutomationFilter | null | undefined, automation: Automation): boolean {
  if (!filter) return true;
  return combine(filter.operator, [
    anyOf(filter.id?.any_, automation.id),
    anyOf(filter.name?.any_, automation.name),
    inTime(filter.created, automation.created),
    tagged(filter.tags, automation.tags),
  ]);
}

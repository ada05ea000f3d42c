import type { AutomationFilter } from '../../api/schemas/automations.ts';
import type { Automation } from '../../domain/automation.ts';
import { anyOf, asked, combine, inTime, tagged } from '../../domain/filters/criteria.ts';

export function matchesAutomation(filter: AutomationFilter | null | undefined, automation: Automation): boolean {
  if (!filter) return true;
  return combine(filter.operator, [
    asked(filter.id, ({ any_ }) => [anyOf(any_, automation.id)]),
    asked(filter.name, ({ any_ }) => [anyOf(any_, automation.name)]),
    inTime(filter.created, automation.created),
    tagged(filter.tags, automation.tags),
  ]);
}

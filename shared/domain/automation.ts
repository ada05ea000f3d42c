import type { Json } from './json/json.ts';

/** What an automation reacts to. Composite triggers hold others. */
export type Trigger = EventTrigger | CompoundTrigger | SequenceTrigger;

/** Labels of a resource; a list means any of its values. */
export type ResourceSpecification = Record<string, string | string[]>;

export interface EventTrigger {
  type: 'event';
  id: string;
  match: ResourceSpecification;
  match_related: ResourceSpecification | ResourceSpecification[];
  after: string[];
  expect: string[];
  for_each: string[];
  posture: 'Reactive' | 'Proactive';
  threshold: number;
  /** Seconds. */
  within: number;
}

export interface CompoundTrigger {
  type: 'compound';
  id: string;
  triggers: Trigger[];
  /** Seconds. */
  within: number | null;
  require: number | 'any' | 'all';
}

export interface SequenceTrigger {
  type: 'sequence';
  id: string;
  triggers: Trigger[];
  /** Seconds. */
  within: number | null;
}

/** One of Prefect's actions; its other fields depend on the type. */
export interface AutomationAction {
  type: string;
  [field: string]: Json;
}

/** Prefect's `Automation`. */
export interface Automation {
  id: string;
  created: string;
  updated: string;
  name: string;
  description: string;
  enabled: boolean;
  tags: string[];
  trigger: Trigger;
  actions: AutomationAction[];
  actions_on_trigger: AutomationAction[];
  actions_on_resolve: AutomationAction[];
}

/** With what never leaves the server: the resource an automation belongs to. */
export interface StoredAutomation extends Automation {
  owner_resource: string | null;
}

/** The ids of triggers are the server's: new ones throughout, depth first. */
export function withTriggerIds(trigger: Trigger, newId: () => string): Trigger {
  if (trigger.type === 'event') return { ...trigger, id: newId() };
  const id = newId();
  return { ...trigger, id, triggers: trigger.triggers.map((child) => withTriggerIds(child, newId)) };
}

/** The resources an automation has to do with: its owner, and the deployments that it runs by name. */
export function relatedResources(automation: StoredAutomation): string[] {
  const deployments = automation.actions
    .filter((action) => action.type === 'run-deployment' && action['source'] === 'selected')
    .map((action) => `prefect.deployment.${action['deployment_id']}`);
  return automation.owner_resource === null ? deployments : [automation.owner_resource, ...deployments];
}

/** What an automation may not be: null, or the sentence that says why. */
export function loopDanger(automation: Pick<Automation, 'enabled' | 'trigger' | 'actions'>): string | null {
  const { trigger } = automation;
  if (!automation.enabled || trigger.type !== 'event' || trigger.posture !== 'Reactive') return null;
  if (!trigger.expect.some((event) => AMPLIFYING.has(event))) return null;
  for (const action of automation.actions) {
    if (action.type !== 'run-deployment') continue;
    if (action['source'] === 'inferred') return INFERRED_LOOP;
    const related = [trigger.match_related].flat();
    if (matchesEveryFlowRun(trigger.match) && related.some(matchesEveryFlowRun)) return SELECTED_LOOP;
  }
  return null;
}

/** Every run of a deployment goes through these. */
const AMPLIFYING = new Set([
  'prefect.flow-run.Scheduled',
  'prefect.flow-run.Pending',
  'prefect.flow-run.Running',
  'prefect.flow-run.*',
]);

const INFERRED_LOOP =
  'Running an inferred deployment from a flow run state change event will lead to an infinite loop of flow runs.  ' +
  'Please choose a specific deployment and add additional filtering labels to the match or match_related for this ' +
  "automation's trigger.";
const SELECTED_LOOP =
  'Running a selected deployment from a flow run state change event may lead to an infinite loop of flow runs.  ' +
  'Please include additional filtering labels on either match or match_related to narrow down which flow runs will ' +
  "trigger this automation to exclude flow runs from the deployment you've selected.";

/** True when the labels restrict nothing among flow runs. */
function matchesEveryFlowRun(specification: ResourceSpecification): boolean {
  const entries = Object.entries(specification);
  if (entries.length === 0) return true;
  if (entries.length > 1) return false;
  return [specification['prefect.resource.id'] ?? []].flat().some((id) => id === '*' || id === 'prefect.flow-run.*');
}

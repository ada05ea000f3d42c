import type { ProvisionContext, Provisioner, Resource } from './resource.ts';

/** What will happen to one resource. */
export interface PlannedStep {
  readonly id: string;
  readonly action: 'create' | 'reuse';
  /** For people: what is made, or what is there already. Null for what belongs to the line before. */
  readonly line: string | null;
  readonly permissions: readonly string[];
}

/** The resources of a provisioner, whatever they find. */
export const resourcesOf = <Context extends ProvisionContext>(provisioner: Provisioner<Context>) =>
  provisioner.resources as readonly Resource<Context>[];

/**
 * Looks at every resource and says what is missing. Reads only; what is found is kept in the context. A look that needs
 * something that will be made before it (a subnet of a VPC to come) finds nothing.
 */
export async function makePlan<Context extends ProvisionContext>(
  provisioner: Provisioner<Context>,
  context: Context,
): Promise<readonly PlannedStep[]> {
  const steps: PlannedStep[] = [];
  for (const resource of resourcesOf(provisioner)) {
    if (resource.applies && !resource.applies(context)) continue;
    const found = await resource.find(context);
    if (found !== null) context.found.set(resource.id, found);
    const action = found === null ? 'create' : 'reuse';
    steps.push({ id: resource.id, action, line: resource.line(context), permissions: resource.permissions });
  }
  return steps;
}

/** The summary that is confirmed, in the words of Prefect's panel; what is reused follows what is made. */
export function planText(pool: string, place: string, steps: readonly PlannedStep[]): string {
  const lines = (action: PlannedStep['action']) =>
    steps.filter((step) => step.action === action && step.line !== null).map(({ line }) => line!);
  const [created, reused] = [lines('create'), lines('reuse')];
  const text = created.length
    ? [`Provisioning infrastructure for your work pool ${pool} will require:`, '', ...created.map(bullet)]
    : [`No additional infrastructure required for work pool ${pool}.`];
  if (reused.length) text.push('', 'Already there, and used as it is:', '', ...reused.map(thing).map(bullet));
  return [...text, '', `Where: ${place}`].join('\n');
}

const bullet = (line: string): string => `  - ${line}`;

/** "Creating an ECS cluster …: N" as a thing: "an ECS cluster …: N". */
export const thing = (line: string): string => line.replace(/^(?:Creating|Storing|Activating) (?:and \w+ )?/, '');

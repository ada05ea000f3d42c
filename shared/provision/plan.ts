import { failedStep } from './failure.ts';
import type { ProvisionContext, Provisioner, Resource } from './resource.ts';
import { thing } from './thing.ts';

/** What will happen to one resource. */
export interface PlannedStep {
  readonly id: string;
  readonly action: 'create' | 'reuse' | 'rotate';
  /** For people: what is made, or what is there already. Null for what belongs to the line before. */
  readonly line: string | null;
  readonly permissions: readonly string[];
}

/** The resources of a provisioner, whatever they find. */
export const resourcesOf = <Context extends ProvisionContext>(provisioner: Provisioner<Context>) =>
  provisioner.resources as readonly Resource<Context>[];

/**
 * Looks at every resource and says what is missing. Reads only; what is found is kept in the context. A look that needs
 * something that will be made before it (a subnet of a VPC to come) finds nothing. Throws as `look` does.
 */
export async function makePlan<Context extends ProvisionContext>(
  provisioner: Provisioner<Context>,
  context: Context,
): Promise<readonly PlannedStep[]> {
  const steps: PlannedStep[] = [];
  for (const resource of resourcesOf(provisioner)) {
    if (resource.applies && !resource.applies(context)) continue;
    const found = await look(resource, context);
    if (found !== null) context.found.set(resource.id, found);
    const rotates =
      context.rotating && resource.rotate && found !== null && (resource.hasKey?.(context, found) ?? true);
    const action = found === null ? 'create' : rotates ? 'rotate' : 'reuse';
    steps.push({ id: resource.id, action, line: resource.line(context), permissions: resource.permissions });
  }
  return steps;
}

/** Looks for one. Throws a TerminalError that says what could not be looked at, and what is needed for it. */
export async function look<Context, Found>(
  resource: Resource<Context, Found>,
  context: Context,
): Promise<Found | null> {
  try {
    return await resource.find(context);
  } catch (cause) {
    throw failedStep('Looking for', { ...resource, line: resource.line(context) }, cause);
  }
}

/** The summary that is confirmed, in the words of Prefect's panel; what is reused follows what is made. */
export function planText(pool: string, place: string, steps: readonly PlannedStep[]): string {
  const lines = (action: PlannedStep['action']) =>
    steps.filter((step) => step.action === action && step.line !== null).map(({ line }) => line!);
  const [created, reused] = [lines('create'), lines('reuse')];
  const rotated = lines('rotate').map((line) => bullet(`Replacing ${thing(line)}`));
  const text = created.length
    ? [`Provisioning infrastructure for your work pool ${pool} will require:`, '', ...created.map(bullet)]
    : [`No additional infrastructure required for work pool ${pool}.`];
  if (rotated.length) text.push('', 'A new key takes the place of the one that is stored:', '', ...rotated);
  if (reused.length) text.push('', 'Already there, and used as it is:', '', ...reused.map(thing).map(bullet));
  return [...text, '', `Where: ${place}`].join('\n');
}

const bullet = (line: string): string => `  - ${line}`;

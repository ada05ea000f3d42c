import { resourcesOf, thing } from './plan.ts';
import type { ProvisionContext, Provisioner, Resource } from './resource.ts';

/** What a removal does with one resource. */
export interface Removal {
  readonly id: string;
  /** "an ECS cluster for running Prefect flows: N" */
  readonly line: string;
  readonly action: 'remove' | 'keep';
  /** For `keep`. */
  readonly why: string | null;
}

/** Says what would be removed and what stays, and why. Reads only. Things that are not there are not listed. */
export async function planRemoval<Context extends ProvisionContext>(
  provisioner: Provisioner<Context>,
  context: Context,
): Promise<readonly Removal[]> {
  const removals: Removal[] = [];
  for (const resource of resourcesOf(provisioner)) {
    if (resource.applies && !resource.applies(context)) continue;
    const found = await resource.find(context);
    if (found === null) continue;
    context.found.set(resource.id, found);
    const why = await keptBecause(resource, context, found);
    const line = thing(resource.line(context) ?? resource.progress);
    removals.unshift({ id: resource.id, line, action: why === null ? 'remove' : 'keep', why });
  }
  return removals;
}

/** Removes in the order of the plan, last made first. Safe to repeat after a failure. */
export async function applyRemoval<Context extends ProvisionContext>(
  provisioner: Provisioner<Context>,
  context: Context,
  removals: readonly Removal[],
  onDone: (removal: Removal) => void = () => {},
): Promise<void> {
  const resources = new Map(resourcesOf(provisioner).map((resource) => [resource.id, resource]));
  for (const removal of removals) {
    if (removal.action === 'keep') continue;
    const resource = resources.get(removal.id);
    const found = await resource?.find(context);
    if (resource?.remove && found != null) await resource.remove(context, found);
    onDone(removal);
  }
}

async function keptBecause<Context>(
  resource: Resource<Context>,
  context: Context,
  found: unknown,
): Promise<string | null> {
  if (!resource.remove) return 'others may use it; remove it by hand when nothing needs it';
  if (!resource.isOurs?.(context, found)) return 'pushpool did not make it for this pool';
  return (await resource.keptBecause?.(context, found)) ?? null;
}

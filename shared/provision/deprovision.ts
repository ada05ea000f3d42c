import { failedStep } from './failure.ts';
import { look, resourcesOf } from './plan.ts';
import type { OtherPool, ProvisionContext, Provisioner, Resource } from './resource.ts';
import { thing } from './thing.ts';

/** The resource that pools of every cloud refer to in their templates. */
const CREDENTIALS_BLOCK = 'credentials-block';

/** What a removal does with one resource. */
export interface Removal {
  readonly id: string;
  /** "an ECS cluster for running Prefect flows: N" */
  readonly line: string;
  readonly action: 'remove' | 'keep';
  /** For `keep`. */
  readonly why: string | null;
}

/**
 * Says what would be removed and what stays, and why: also what one of `others`, pools of the same cloud, uses. Reads only. Things
 * that are not there are not listed.
 */
export async function planRemoval<Context extends ProvisionContext>(
  provisioner: Provisioner<Context>,
  context: Context,
  others: readonly OtherPool[] = [],
): Promise<readonly Removal[]> {
  const there: { resource: Resource<Context>; found: unknown }[] = [];
  for (const resource of resourcesOf(provisioner)) {
    if (resource.applies && !resource.applies(context)) continue;
    const found = await look(resource, context);
    if (found === null) continue;
    context.found.set(resource.id, found);
    there.push({ resource, found });
  }
  const users = await usersOf(provisioner, context, others);
  const removals: Removal[] = [];
  for (const { resource, found } of there) {
    const user = users.get(resource.id);
    const why = user ? `work pool ${user} uses it too` : await keptBecause(resource, context, found);
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
    const resource = resources.get(removal.id)!;
    try {
      const found = await resource.find(context);
      if (resource.remove && found !== null) await resource.remove(context, found);
    } catch (cause) {
      throw failedStep('Removing', { ...removal, progress: resource.progress, permissions: [] }, cause);
    }
    onDone(removal);
  }
}

/** A pool for each resource that somebody else uses. */
async function usersOf<Context extends ProvisionContext>(
  provisioner: Provisioner<Context>,
  context: Context,
  others: readonly OtherPool[],
): Promise<ReadonlyMap<string, string>> {
  const users = new Map<string, string>();
  const block = context.found.get(CREDENTIALS_BLOCK) as { readonly id: string } | undefined;
  for (const other of others) {
    if (block && JSON.stringify(other.defaults).includes(block.id)) users.set(CREDENTIALS_BLOCK, other.name);
    for (const id of (await provisioner.usedBy?.(context, other)) ?? []) users.set(id, other.name);
  }
  return users;
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

import { PushpoolError, TerminalError } from '../domain/errors.ts';
import { type PlannedStep, resourcesOf, thing } from './plan.ts';
import type { ProvisionContext, Provisioner } from './resource.ts';

/** Told as it goes, before and after each resource. */
export type Progress = (step: PlannedStep, state: 'begun' | 'done', text: string) => void;

/**
 * Makes what the plan says is missing, in order. Each resource is looked for once more right before it is made, so a second
 * run after a failure goes on where the first stopped and makes nothing twice. Throws a TerminalError that names the resource,
 * the permissions it needs and how to go on.
 */
export async function applyPlan<Context extends ProvisionContext>(
  provisioner: Provisioner<Context>,
  context: Context,
  steps: readonly PlannedStep[],
  onProgress: Progress = () => {},
): Promise<void> {
  const resources = new Map(resourcesOf(provisioner).map((resource) => [resource.id, resource]));
  for (const step of steps) {
    const resource = resources.get(step.id);
    if (!resource) throw new TypeError(`The plan names ${step.id}, which this provisioner does not have`);
    onProgress(step, 'begun', resource.progress);
    try {
      const found = (await resource.find(context)) ?? (await resource.create(context));
      context.found.set(step.id, (await resource.update?.(context, found)) ?? found);
    } catch (cause) {
      throw failed(step, resource.progress, cause);
    }
    onProgress(step, 'done', resource.progress);
  }
}

function failed(step: PlannedStep, progress: string, cause: unknown): TerminalError {
  const message = (cause instanceof Error ? cause.message : String(cause)).trim().replace(/\.$/, '');
  const cloudName = cause instanceof Error && !(cause instanceof PushpoolError) ? `${cause.name}: ` : '';
  const needs = step.permissions.length ? ` It needs the permissions ${step.permissions.join(', ')}.` : '';
  return new TerminalError(
    'provisioning',
    `${step.line === null ? progress : `Making ${thing(step.line)}`} failed: ${cloudName}${message}.${needs} What was made so far is kept; run the same command again to go on from here.`,
    { cause, details: { step: step.id } },
  );
}

import { failedStep } from './failure.ts';
import { LostAnswer } from './lost-answer.ts';
import { type PlannedStep, resourcesOf } from './plan.ts';
import type { ProvisionContext, Provisioner, Resource } from './resource.ts';

/** Told as it goes, before and after each resource. */
export type Progress = (step: PlannedStep, state: 'begun' | 'done', text: string) => void;

/**
 * Makes what the plan says is missing, in order. Each resource is looked for once more right before it is made, so a second
 * run after a failure goes on where the first stopped and makes nothing twice. Throws a TerminalError that names the resource,
 * the permissions it needs, what was made before it and how to go on.
 */
export async function applyPlan<Context extends ProvisionContext>(
  provisioner: Provisioner<Context>,
  context: Context,
  steps: readonly PlannedStep[],
  onProgress: Progress = () => {},
): Promise<void> {
  const resources = new Map(resourcesOf(provisioner).map((resource) => [resource.id, resource]));
  const made: string[] = [];
  for (const step of steps) {
    const resource = resources.get(step.id);
    if (!resource) throw new TypeError(`The plan names ${step.id}, which this provisioner does not have`);
    onProgress(step, 'begun', resource.progress);
    try {
      const isNew = await bring(resource, context, step.action);
      if (isNew && step.line !== null) made.push(step.line);
    } catch (cause) {
      throw failedStep('Making', { ...step, progress: resource.progress }, cause, made);
    }
    onProgress(step, 'done', resource.progress);
  }
}

const ATTEMPTS = 3;
/** What was just made may not show at once. */
const SECONDS_BEFORE_LOOKING = 5;

/** Finds or makes one resource, and looks again where an answer was lost. Whether it is new. */
async function bring<Context extends ProvisionContext>(
  resource: Resource<Context, unknown>,
  context: Context,
  action: PlannedStep['action'],
): Promise<boolean> {
  for (let attempt = 1; ; attempt++) {
    try {
      const there = await resource.find(context);
      const found = there ?? (await resource.create(context));
      context.found.set(resource.id, (await resource.update?.(context, found)) ?? found);
      if (action === 'rotate') context.found.set(resource.id, await resource.rotate!(context, found));
      return there === null || attempt > 1;
    } catch (error) {
      if (!(error instanceof LostAnswer) || attempt >= ATTEMPTS) throw error;
      await context.sleep(SECONDS_BEFORE_LOOKING);
    }
  }
}

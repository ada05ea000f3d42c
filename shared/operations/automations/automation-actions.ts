import { deploymentFlowRunCreate } from '../../api/schemas/deployments.ts';
import { inferredId, invocationId } from '../../domain/automations/firing.ts';
import { ClientError, notFound } from '../../domain/errors.ts';
import type { Event } from '../../domain/events/event.ts';
import type { Json, JsonObject } from '../../domain/json/json.ts';
import type { OrchestrationResult } from '../../domain/orchestration-result.ts';
import { HydrationError } from '../../domain/parameters/hydration.ts';
import type { StateProposal, StateType } from '../../domain/states.ts';
import { type App, toTimestamp } from '../app.ts';
import { createFlowRunFromDeployment } from '../deployments/deployment-flow-runs.ts';
import { setDeploymentPaused } from '../deployments/deployments.ts';
import { deleteFlowRun, setFlowRunState } from '../flow-runs/flow-runs.ts';
import { resumeFlowRun } from '../flow-runs/resume-flow-run.ts';
import { updateWorkPool } from '../work-pools/work-pools.ts';
import { changeQueue } from '../work-pools/work-queues.ts';
import { ActionFailed, type OutcomeSoFar, type Performance } from './automation-performance.ts';
import { updateAutomation } from './automations.ts';

const SYSTEM = { kind: 'system' } as const;
const SUSPEND_SECONDS = 3600;

/**
 * Performs one action, noting in `outcome` what its events shall say. Follows Prefect's `server/events/actions.py`. Throws
 * `ActionFailed`; anything else thrown may pass.
 */
export async function performAction(app: App, given: Performance, outcome: OutcomeSoFar): Promise<void> {
  try {
    await perform(app, given, outcome);
  } catch (error) {
    if (error instanceof HydrationError)
      throw new ActionFailed(`Unable to create flow run from deployment: ${error.message}`);
    if (!(error instanceof ClientError)) throw error;
    const { type } = given.firing.actions[given.index]!.action;
    const status = STATUS[error.kind] ?? 400;
    outcome.details['status_code'] ??= status;
    if (type === 'run-deployment' && status === 409) outcome.details['validation_error'] = error.message;
    const beginning =
      status === 409 || status === 422
        ? `Validation error occurred for '${type}'`
        : `Unexpected status from '${type}' action: ${status}`;
    throw new ActionFailed(`${beginning} - ${error.message}`, { cause: error });
  }
}

const STATUS: Partial<Record<ClientError['kind'], number>> = {
  'not-found': 404,
  conflict: 409,
  invalid: 422,
  forbidden: 403,
};

async function perform(app: App, given: Performance, outcome: OutcomeSoFar): Promise<void> {
  const { action } = given.firing.actions[given.index]!;
  const by = `by Automation ${given.firing.automation.id}`;
  const [verb] = action.type.split('-');
  switch (action.type) {
    case 'do-nothing':
      return;
    case 'run-deployment':
      return runDeploymentAction(app, given, outcome);
    case 'pause-deployment':
    case 'resume-deployment':
      await setDeploymentPaused(app, target(given, outcome, 'deployment'), verb === 'pause');
      return succeeded(outcome, 200);
    case 'pause-work-pool':
    case 'resume-work-pool': {
      const id = target(given, outcome, 'work-pool');
      const pool = await app.store.workPools.get(id);
      if (!pool) throw new ActionFailed(`Work pool ${id} not found`);
      outcome.related[0]!['prefect.resource.name'] = pool.name;
      await updateWorkPool(app, pool.name, { is_paused: verb === 'pause' });
      return succeeded(outcome, 204);
    }
    case 'pause-work-queue':
    case 'resume-work-queue': {
      const queue = await app.store.workQueues.get(target(given, outcome, 'work-queue'));
      if (!queue) throw notFound('Work queue not found');
      await changeQueue(app, queue, { is_paused: verb === 'pause' });
      return succeeded(outcome, 204);
    }
    case 'pause-automation':
    case 'resume-automation':
      await updateAutomation(app, target(given, outcome, 'automation'), { enabled: verb === 'resume' });
      return succeeded(outcome, 204);
    case 'cancel-flow-run':
      return changeState(app, given, outcome, { type: 'CANCELLING', message: `Cancelled ${by}` });
    case 'suspend-flow-run': {
      const pause_timeout = toTimestamp(new Date(app.clock.now().getTime() + SUSPEND_SECONDS * 1000));
      const details = { pause_timeout, pause_reschedule: true };
      const proposal = {
        type: 'PAUSED',
        name: 'Suspended',
        message: `Suspended ${by}`,
        state_details: details,
      } as const;
      return changeState(app, given, outcome, proposal);
    }
    case 'change-flow-run-state': {
      const message = (action['message'] as string | null) || `State changed ${by}`;
      const proposal = { type: action['state'] as StateType, name: action['name'] as string | null, message };
      return changeState(app, given, outcome, proposal, action['force'] === true);
    }
    case 'resume-flow-run': {
      const { result } = await resumeFlowRun(app, SYSTEM, flowRunOf(given, outcome), null);
      return accepted(result, 'Failed to resume flow run');
    }
    case 'delete-flow-run':
      await deleteFlowRun(app, flowRunOf(given, outcome));
      return succeeded(outcome, 204);
    case 'send-notification':
      return (await import('./automation-messages.ts')).notify(app, given, outcome);
    case 'call-webhook':
      return (await import('./automation-messages.ts')).webhook(app, given, outcome);
    default:
      throw new ActionFailed(`There is no action "${action.type}".`);
  }
}

/** The same firing makes one run however often it is tried: Prefect's idempotency key. */
async function runDeploymentAction(app: App, given: Performance, outcome: OutcomeSoFar): Promise<void> {
  const { firing, index } = given;
  const { action } = firing.actions[index]!;
  const id = target(given, outcome, 'deployment');
  const due = new Date(Date.parse(firing.triggered) + Number(action['schedule_after'] ?? 0) * 1000);
  const body = deploymentFlowRunCreate.parse({
    state: { type: 'SCHEDULED', state_details: { scheduled_time: toTimestamp(due) } },
    parameters: await parametersOf(app, given),
    job_variables: action['job_variables'] ?? null,
    idempotency_key: `automation ${firing.automation.id}, action ${index}, invocation ${invocationId(firing, index)}`,
  });
  const createdBy = { id: firing.automation.id, type: 'AUTOMATION', display_value: firing.automation.name };
  const { doc, created } = await createFlowRunFromDeployment(app, SYSTEM, id, body, createdBy);
  outcome.related.push({
    'prefect.resource.id': `prefect.flow-run.${doc.id}`,
    'prefect.resource.role': 'flow-run',
    'prefect.resource.name': doc.name,
  });
  succeeded(outcome, created ? 201 : 200);
}

async function parametersOf(app: App, given: Performance): Promise<JsonObject> {
  const parameters = (given.firing.actions[given.index]!.action['parameters'] ?? {}) as JsonObject;
  if (Object.keys(parameters).length === 0) return parameters;
  const { renderParameters } = await import('./automation-templates.ts');
  return renderParameters(app, given, parameters);
}

async function changeState(
  app: App,
  given: Performance,
  outcome: OutcomeSoFar,
  proposal: StateProposal,
  force = false,
): Promise<void> {
  const id = flowRunOf(given, outcome);
  // Named by the firing: one that is performed again after a crash finds its change made.
  const transition_id = invocationId(given.firing, given.index);
  const named = { ...proposal, state_details: { ...proposal.state_details, transition_id } };
  const { result, changed } = await setFlowRunState(app, SYSTEM, id, named, { force });
  succeeded(outcome, changed ? 201 : 200);
  if (result.state?.state_details.transition_id === transition_id) return;
  accepted(result, 'Failed to set state');
}

function accepted(result: OrchestrationResult, failure: string): void {
  if (result.status === 'ACCEPT') return;
  const reason = (result.details as { reason?: string | null }).reason ?? result.status;
  throw new ActionFailed(`${failure}: ${reason}`);
}

const succeeded = (outcome: OutcomeSoFar, status: number): void => {
  outcome.details['status_code'] = status;
};

type Kind = 'deployment' | 'work-pool' | 'work-queue' | 'automation';

/** What the action is for: the one it names, or the first of its kind that the event involves. */
function target(given: Performance, outcome: OutcomeSoFar, kind: Kind): string {
  const { action } = given.firing.actions[given.index]!;
  const words = kind.replace('-', ' ');
  const selected: Json | undefined = action[`${kind.replace('-', '_')}_id`];
  if (action['source'] === 'inferred' && !given.cause) throw new ActionFailed(`No event to infer the ${words}`);
  const id = action['source'] === 'inferred' ? inferredId(given.cause, `prefect.${kind}`) : (selected as string | null);
  if (!id) throw new ActionFailed(`No ${words} could be inferred`);
  return targeted(outcome, `prefect.${kind}`, id);
}

/** By the labels of the bucket first: a Proactive trigger may have no event. */
function flowRunOf({ firing, cause }: Performance, outcome: OutcomeSoFar): string {
  const label = firing.triggering_labels['prefect.resource.id'];
  const labelled = label ? { resource: { 'prefect.resource.id': label }, related: [] } : null;
  const id = inferredId(labelled as Event | null, 'prefect.flow-run') ?? inferredId(cause, 'prefect.flow-run');
  if (!id) throw new ActionFailed('No flow run could be inferred');
  return targeted(outcome, 'prefect.flow-run', id);
}

function targeted(outcome: OutcomeSoFar, kind: string, id: string): string {
  outcome.related.push({ 'prefect.resource.id': `${kind}.${id}`, 'prefect.resource.role': 'target' });
  return id;
}

import type { JsonObject } from '../../../shared/domain/json/json.ts';
import { ATTEMPT_LABEL, RUN_LABEL } from '../../../shared/targets/cloud-run/names.ts';
import { createCloudRunTarget } from '../../../shared/targets/cloud-run/target.ts';
import type { Target } from '../../../shared/targets/target.ts';
import type { Awaited, CloudUnderTest, ContainerView, End, Fault, FaultKind, Operation } from '../cloud-under-test.ts';
import type { Answer } from '../http-cloud.ts';
import { HttpCloudUnderTest } from '../http-cloud-under-test.ts';
import { FakeCloudRun } from './cloud-run.ts';
import type { Execution, Outcome } from './model.ts';

/** `takesStartToken` false: a region where the execution is started by a request of its own. */
export const cloudRunUnderTest = (poolType = 'cloud-run-v2:push', takesStartToken = true): CloudUnderTest => ({
  name: `Google Cloud Run (${poolType}${takesStartToken ? '' : ', without start tokens'})`,
  poolType,
  limitsRunTime: true,
  async start(now) {
    const cloud = await new FakeCloudRun(now).listen();
    cloud.takesStartToken = takesStartToken;
    return new CloudRunUnderTest(cloud);
  },
});

const error = (code: number, status: string, message: string, reason?: string): Answer => ({
  status: code,
  body: {
    error: {
      code,
      status,
      message,
      details: reason
        ? [{ '@type': 'type.googleapis.com/google.rpc.ErrorInfo', reason, domain: 'googleapis.com' }]
        : [],
    },
  },
});

const ANSWERS: Partial<Record<FaultKind, Answer | 'reset'>> = {
  throttle: error(
    429,
    'RESOURCE_EXHAUSTED',
    "Quota exceeded for quota metric 'Write requests'.",
    'RATE_LIMIT_EXCEEDED',
  ),
  'server-error': { status: 503, body: '<html><title>Error 503 (Service Unavailable)</title></html>' },
  reset: 'reset',
  capacity: error(429, 'RESOURCE_EXHAUSTED', 'Quota exceeded for total allowable CPU.', 'QUOTA_EXCEEDED'),
  permission: error(403, 'PERMISSION_DENIED', "Permission 'run.jobs.create' denied."),
  credentials: error(401, 'UNAUTHENTICATED', 'Request had invalid authentication credentials.'),
  'not-found': error(404, 'NOT_FOUND', "Project 'flows-project' not found."),
  invalid: error(400, 'INVALID_ARGUMENT', 'The image is not valid.'),
};

const REQUESTS: Record<Operation, string> = {
  look: 'get',
  create: 'create',
  describe: 'get-execution',
  list: 'get-execution',
  stop: 'cancel',
  'clean-up': 'delete',
  logs: 'logs',
};
const STALE_SECONDS = 5;

/** The fake as the contract suite and the simulation drive it. */
class CloudRunUnderTest extends HttpCloudUnderTest<FakeCloudRun> {
  readonly jobVariables: JsonObject;

  constructor(cloud: FakeCloudRun) {
    super(cloud, { answers: ANSWERS, requests: REQUESTS });
    this.jobVariables = cloudRunVariables(cloud);
  }

  target(_app: unknown, awaited: Awaited): Target {
    return createCloudRunTarget({ endpoint: this.cloud.url, around: awaited, readRetrySeconds: [] });
  }

  containers(): ContainerView[] {
    this.cloud.settle();
    return this.cloud.everMade.map((execution, place, all) => {
      const before = all.slice(0, place).filter(({ job }) => job === execution.job).length;
      return viewOf(execution, before === 0 ? execution.job.id : `${execution.job.id}, run again`);
    });
  }

  end(name: string, how: End): void {
    const { cloud } = this;
    cloud.settle();
    if (!cloud.jobs.has(name)) return;
    if (how.kind === 'vanish') cloud.vanish(name);
    else if (how.kind === 'image-pull') cloud.failImage(name);
    else cloud.exit(name, outcomeOf(how));
  }

  print(name: string, lines: readonly string[]): void {
    for (const line of lines) this.cloud.print(name, line);
  }

  override fault(fault: Fault): boolean {
    if (fault.do === 'stale') this.cloud.staleSeconds = STALE_SECONDS;
    return fault.do === 'stale' || super.fault(fault);
  }
}

/** Job variables with which a pool of the type runs in the fake. */
export function cloudRunVariables(cloud: FakeCloudRun): JsonObject {
  return { credentials: { service_account_info: cloud.identity.serviceAccountKey() }, region: 'us-central1' };
}

function outcomeOf(how: Exclude<End, { kind: 'vanish' | 'image-pull' }>): Outcome {
  if (how.kind === 'exit') return { exitCode: how.code };
  if (how.kind === 'oom') return { exitCode: 137, message: 'Memory limit of 512 MiB exceeded with 520 MiB used.' };
  // Cloud Run says nothing of a lost host: it has no room for another
  return { reason: 'INTERNAL_ERROR', message: 'No capacity was left for the instance.' };
}

function viewOf(execution: Execution, name: string): ContainerView {
  const { job, startedAt, endedAt, cancellingSince } = execution;
  return {
    name,
    at: { flowRunId: job.spec.labels[RUN_LABEL], attempt: Number(job.spec.labels[ATTEMPT_LABEL]) },
    phase: endedAt ? 'ended' : startedAt ? 'running' : 'starting',
    env: FakeCloudRun.environment(execution),
    command: job.spec.template.template.containers[0].command,
    stopRequested: cancellingSince !== null,
  };
}

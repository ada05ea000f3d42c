import type { Flow } from '../../../../shared/domain/flow.ts';
import type { FlowRun } from '../../../../shared/domain/flow-run.ts';
import { resolveJob } from '../../../../shared/domain/job-template/resolve.ts';
import type { JsonObject } from '../../../../shared/domain/json/json.ts';
import type { Attempt, Job } from '../../../../shared/targets/target.ts';

const DEPLOYMENT = '0d0d0d0d-0000-4000-8000-000000000001';

/** The job of a run of the pool with this template and these job variables. */
export function jobOf(template: JsonObject, variables: JsonObject, change?: (template: JsonObject) => void): Job {
  const base = structuredClone(template);
  change?.(base);
  const run = { id: attemptOf(1).flowRunId, name: 'run', flow_id: 'flow-id', deployment_id: DEPLOYMENT } as FlowRun;
  return resolveJob({
    ...{ baseJobTemplate: base, deploymentJobVariables: variables, runJobVariables: null, run },
    flow: { id: 'flow-id', name: 'flow' } as Flow,
    deployment: { id: DEPLOYMENT, name: 'd', updated: null },
    pool: { id: 'pool-id', name: 'my-pool' },
    values: { blockDocuments: new Map(), blocksByName: new Map(), variables: new Map() },
    env: { PREFECT_API_URL: 'https://x/api', PREFECT_API_AUTH_STRING: 'token-of-the-run' },
  }).job;
}

export function attemptOf(number: number): Attempt {
  return {
    flowRunId: `0a0a0a0a-0000-4000-8000-${String(number).padStart(12, '0')}`,
    ...{ attempt: 1, mayExist: false },
    run: {
      ...{ flowRunName: 'run', flowId: 'flow-id', flowName: 'flow', deploymentId: DEPLOYMENT },
      ...{ workPoolId: 'pool-id', workPoolName: 'my-pool' },
    },
  };
}

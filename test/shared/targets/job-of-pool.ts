import { readFileSync } from 'node:fs';
import type { Flow } from '../../../shared/domain/flow.ts';
import type { FlowRun } from '../../../shared/domain/flow-run.ts';
import { resolveJob } from '../../../shared/domain/job-template/resolve.ts';
import type { JsonObject } from '../../../shared/domain/json/json.ts';
import type { Attempt, Job } from '../../../shared/targets/target.ts';

const metadata = JSON.parse(
  readFileSync(new URL('../../../shared/api/data/worker-metadata.json', import.meta.url), 'utf8'),
);

/** The base job template that a pool of the type gets by default. */
export function templateOf(poolType: string): JsonObject {
  return metadata.pushpool[poolType].default_base_job_configuration;
}

export const RUN_ID = '0199b6f0-0000-7000-8000-000000000001';

/** The job of a run of such a pool with these job variables; blocks stand in them as they are. */
export function jobOfPool(poolType: string, variables: JsonObject, template: JsonObject = templateOf(poolType)): Job {
  const run = { id: RUN_ID, name: 'brave-otter', flow_id: 'f1', deployment_id: null } as unknown as FlowRun;
  const { job } = resolveJob({
    baseJobTemplate: template,
    deploymentJobVariables: {},
    runJobVariables: variables,
    run,
    flow: { id: 'f1', name: 'etl' } as Flow,
    deployment: null,
    pool: { id: 'p1', name: 'pool' },
    values: { blockDocuments: new Map(), blocksByName: new Map(), variables: new Map() },
    env: { PREFECT_API_URL: 'https://pushpool.example/api', PREFECT_API_KEY: 'run-token' },
  } as Parameters<typeof resolveJob>[0]);
  return job;
}

export const attempt = (number = 1): Attempt => ({
  flowRunId: RUN_ID,
  attempt: number,
  mayExist: number > 1,
  run: {
    flowRunName: 'brave-otter',
    flowId: 'f1',
    flowName: 'ETL: daily',
    deploymentId: null,
    workPoolId: 'p1',
    workPoolName: 'pool',
  },
});

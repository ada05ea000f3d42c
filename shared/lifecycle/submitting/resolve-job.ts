import { TerminalError } from '../../domain/errors.ts';
import type { FlowRun } from '../../domain/flow-run.ts';
import {
  type JobSource,
  neededReferences,
  type ReferenceValues,
  resolveJob,
} from '../../domain/job-template/resolve.ts';
import type { Json } from '../../domain/json/json.ts';
import { plainNumbers } from '../../domain/json/lossless-json.ts';
import { launcherCommand } from '../../domain/launcher.ts';
import type { App } from '../../operations/app.ts';
import { getBlockDocumentData, getBlockDocumentDataByName } from '../../operations/blocks/block-documents.ts';
import { getVariables } from '../../operations/variables.ts';
import type { Job, RunContext } from '../../targets/target.ts';

/**
 * The job of a run: its pool's template with every placeholder resolved and the environment that lets the container speak
 * for this attempt. Throws `ClientError` or `TerminalError` that names what is missing.
 */
export async function resolveJobOfRun(
  app: App,
  run: FlowRun,
  token: string,
): Promise<{ job: Job; run: RunContext; warnings: string[] }> {
  const pool = run.work_pool_id ? await app.store.workPools.get(run.work_pool_id) : null;
  if (!pool) throw new TerminalError('pool-gone', `The work pool "${run.work_pool_name}" no longer exists.`);
  const deployment = run.deployment_id ? await app.store.deployments.get(run.deployment_id) : null;
  const flow = await app.store.flows.get(run.flow_id);
  const input = {
    baseJobTemplate: pool.base_job_template,
    deploymentJobVariables: deployment?.job_variables ?? {},
    runJobVariables: run.job_variables,
    run,
    flow,
    deployment,
    pool,
  };
  const { job, warnings } = resolveJob({
    ...input,
    values: await readReferences(app, input),
    env: {
      PREFECT_API_URL: app.settings.apiUrl,
      PREFECT_API_AUTH_STRING: token,
      PREFECT_API_KEY: token,
      PREFECT__FLOW_RUN_ID: run.id,
      PREFECT_CLIENT_CSRF_SUPPORT_ENABLED: 'false',
      PREFECT_CLIENT_SERVER_VERSION_CHECK_ENABLED: 'false',
      PREFECT_CLIENT_MAX_RETRIES: '10',
    },
    defaultCommand: launcherCommand(),
  });
  const context: RunContext = {
    flowRunName: run.name,
    flowId: run.flow_id,
    flowName: flow?.name ?? null,
    deploymentId: run.deployment_id,
    workPoolId: pool.id,
    workPoolName: pool.name,
  };
  return { job, run: context, warnings };
}

async function readReferences(app: App, source: JobSource): Promise<ReferenceValues> {
  const needed = neededReferences(source);
  const blockDocuments = new Map<string, Json>();
  for (const id of needed.blockDocumentIds) blockDocuments.set(id, await getBlockDocumentData(app, id));
  const blocksByName = new Map<string, Json>();
  for (const name of needed.blockNames) {
    const [slug = '', document = ''] = name.split('/');
    blocksByName.set(name, await getBlockDocumentDataByName(app, slug, document));
  }
  // Blocks may hold variables in turn: what is needed is known once they are read.
  const { variableNames } = neededReferences(source, { blockDocuments, blocksByName });
  const variables = new Map<string, Json>();
  for (const [name, value] of await getVariables(app, variableNames)) variables.set(name, plainNumbers(value));
  return { blockDocuments, blocksByName, variables };
}

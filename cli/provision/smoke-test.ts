import type { Client } from '../../shared/api/client/client.ts';
import { followRun } from '../commands/flow-run/follow.ts';
import type { Context } from '../context.ts';
import { Failure } from '../errors.ts';

const FLOW = 'pushpool-smoke-test';
/** Small images that each cloud pulls without credentials; the pool's own image where a cloud builds its own form of it. */
const IMAGES: Readonly<Record<string, string>> = {
  'ecs:push': 'public.ecr.aws/docker/library/busybox:stable',
  'azure-container-instance:push': 'public.ecr.aws/docker/library/busybox:stable',
  // Cloud Run pulls from its own registries and from Docker Hub alone
  'cloud-run:push': 'docker.io/library/busybox:stable',
  'cloud-run-v2:push': 'docker.io/library/busybox:stable',
};

/**
 * Runs a container that does nothing, as a run of the pool, and waits for its end: Completed says that credentials, network and
 * infrastructure work together. Its deployment is deleted again, the run stays to be looked at. Throws `Failure` with the run's last
 * state otherwise.
 */
export async function smokeTest(context: Context, client: Client, pool: { name: string; type: string }): Promise<void> {
  const { out } = context;
  out.note(`Running a tiny container in "${pool.name}" …`);
  const flow = await client.flows.create({ name: FLOW });
  const image = IMAGES[pool.type];
  const { deployment } = await client.deployments.create({
    name: pool.name,
    flow_id: flow.id,
    work_pool_name: pool.name,
    schedules: [],
    job_variables: { command: 'true', ...(image && { image }) },
  });
  try {
    const made = await client.deployments.createFlowRun(deployment.id, { state: { type: 'SCHEDULED' } });
    const run = await followRun(context, client, made.id, { states: !out.json, lines: !out.json });
    if (run.state_type === 'COMPLETED') {
      out.note(`The work pool "${pool.name}" works.`);
      return;
    }
    throw new Failure(
      `The smoke test of "${pool.name}" ended as ${run.state_name}${run.state?.message ? `: ${run.state.message}` : ''}\nLook at it: pushpool flow-run logs ${run.id}   Try again: pushpool work-pool smoke-test "${pool.name}"`,
    );
  } finally {
    await client.deployments.delete(deployment.id);
  }
}

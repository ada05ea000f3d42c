import type { Client } from '../../../shared/api/client/client.ts';
import type { Deployment } from '../../../shared/api/client/deployments.ts';
import { ApiError } from '../../../shared/api/client/errors.ts';
import { Failure } from '../../errors.ts';

const UUID = /^[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}$/i;

export interface FoundDeployment {
  readonly deployment: Deployment;
  /** `flow/name`, as people write it. */
  readonly fullName: string;
}

/** A deployment by `FLOW/NAME`, by its id, or by its name alone when no other has it. Throws `Failure` that says what there is. */
export async function findDeployment(client: Client, given: string): Promise<FoundDeployment> {
  const deployment = UUID.test(given) ? await client.deployments.read(given) : await byName(client, given);
  const flow = await client.flows.read(deployment.flow_id);
  return { deployment, fullName: `${flow.name}/${deployment.name}` };
}

async function byName(client: Client, given: string): Promise<Deployment> {
  const at = given.indexOf('/');
  if (at > 0) {
    try {
      return await client.deployments.readByName(given.slice(0, at), given.slice(at + 1));
    } catch (error) {
      if (!(error instanceof ApiError) || error.status !== 404) throw error;
      throw new Failure(`There is no deployment "${given}".${await alike(client, given.slice(at + 1))}`);
    }
  }
  const found = await client.deployments.filter({ deployments: { name: { any_: [given] } } });
  const [only, ...others] = found;
  if (only && others.length === 0) return only;
  if (!only) throw new Failure(`There is no deployment "${given}". \`pushpool deployment ls\` lists what there is.`);
  throw new Failure(
    `More than one deployment is named "${given}": ${(await namesOf(client, found)).join(', ')}. Name one with its flow.`,
  );
}

async function alike(client: Client, name: string): Promise<string> {
  const found = await client.deployments.filter({ deployments: { name: { any_: [name] } } });
  if (found.length === 0) return ' `pushpool deployment ls` lists what there is.';
  return ` Did you mean ${(await namesOf(client, found)).join(' or ')}?`;
}

/** `flow/name` of each, in their order. */
export async function namesOf(client: Client, deployments: readonly Deployment[]): Promise<string[]> {
  const ids = [...new Set(deployments.map(({ flow_id }) => flow_id))];
  const names = new Map((await client.flows.byIds(ids)).map((flow) => [flow.id, flow.name]));
  return deployments.map(({ flow_id, name }) => `${names.get(flow_id) ?? '?'}/${name}`);
}

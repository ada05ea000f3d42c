import type { Client } from '../../shared/api/client/client.ts';
import { isJsonObject, type Json, type JsonObject } from '../../shared/domain/json/json.ts';
import { absent } from '../absent.ts';
import type { PlaceOptions } from './options.ts';

/** The variables that hold a pool's credentials, for the types whose place shows in the template. */
const CREDENTIALS = ['credentials', 'aci_credentials'];
const REGION_OF_CLUSTER = /^arn:[^:]+:ecs:([^:]+):/;

/**
 * Where the infrastructure of a pool is, by what provisioning wrote into it: what it works with when nobody says otherwise, so that a
 * second time does not look elsewhere. An ECS pool has its region in its credentials block, or without one in the cluster's ARN. Empty
 * for a pool that nothing was provisioned for.
 */
export async function placeOfPool(
  { blocks }: Pick<Client, 'blocks'>,
  template: JsonObject,
): Promise<Pick<PlaceOptions, 'region' | 'subscription'>> {
  const properties = at(at(template, 'variables'), 'properties');
  const defaultOf = (name: string) => at(at(properties, name), 'default');
  const text = (name: string) => textOf(defaultOf(name));
  const ofCluster = REGION_OF_CLUSTER.exec(text('cluster') ?? '')?.[1];
  const block = textOf(at(at(defaultOf('aws_credentials'), '$ref'), 'block_document_id'));
  if (block !== undefined) {
    const found = await blocks.read(block).catch(absent);
    const region = textOf(found?.data['region_name']);
    if (region !== undefined) return { region };
  }
  if (ofCluster !== undefined) return { region: ofCluster };
  if (!CREDENTIALS.some((name) => defaultOf(name) !== undefined)) return {};
  const [region, subscription] = [text('region'), text('subscription_id')];
  return { ...(region && { region }), ...(subscription && { subscription }) };
}

const at = (value: Json | undefined, key: string): Json | undefined => (isJsonObject(value) ? value[key] : undefined);
const textOf = (value: Json | undefined): string | undefined => (typeof value === 'string' ? value : undefined);

import { isJsonObject, type Json, type JsonObject } from '../../shared/domain/json/json.ts';
import type { PlaceOptions } from './options.ts';

/** The variables that hold a pool's credentials, for the types whose place shows in the pool. */
const CREDENTIALS = ['credentials', 'aci_credentials'];

/**
 * Where the infrastructure of a pool is, by what provisioning wrote into its template: what it works with when nobody says
 * otherwise, so that a second time does not look elsewhere. Empty for a pool that has no credentials yet.
 */
export function placeOfPool(template: JsonObject | undefined): Pick<PlaceOptions, 'region' | 'subscription'> {
  const properties = at(at(template, 'variables'), 'properties');
  const defaultOf = (name: string) => at(at(properties, name), 'default');
  const text = (name: string) => (typeof defaultOf(name) === 'string' ? (defaultOf(name) as string) : undefined);
  if (!CREDENTIALS.some((name) => defaultOf(name) !== undefined)) return {};
  const [region, subscription] = [text('region'), text('subscription_id')];
  return { ...(region && { region }), ...(subscription && { subscription }) };
}

const at = (value: Json | undefined, key: string): Json | undefined => (isJsonObject(value) ? value[key] : undefined);

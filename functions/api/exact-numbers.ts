import { isJsonObject, type Json } from '../../shared/domain/json/json.ts';
import { parseLossless } from '../../shared/domain/json/lossless-json.ts';

const EACH = Symbol('each item');
type Place = readonly (string | typeof EACH)[];

/** What is the user's own in a body: kept and given back, and calculated with by nobody here. */
const USERS_OWN: readonly Place[] = [
  ['parameters'],
  ['value'],
  ['data'],
  ['run_input'],
  ['state', 'data'],
  ['schedules', EACH, 'parameters'],
  [EACH, 'parameters'],
  ['actions', EACH, 'parameters'],
  ['actions_on_trigger', EACH, 'parameters'],
  ['actions_on_resolve', EACH, 'parameters'],
];

/**
 * The body that a schema has read, with the user's own values as they were spelled: `1.0` is no `1` to Python, and a whole number
 * of twenty digits is none that JavaScript can hold. Fields that a schema took away stay away.
 */
export function withExactNumbers<Body>(body: Body, rawBody: string): Body {
  const exact = parseLossless(rawBody);
  return USERS_OWN.reduce<Json>((taken, place) => take(taken, exact, place), body as Json) as Body;
}

function take(body: Json, exact: Json | undefined, [part, ...rest]: Place): Json {
  if (part === undefined) return exact === undefined || exact === null ? body : exact;
  if (part === EACH) {
    if (!Array.isArray(body) || !Array.isArray(exact)) return body;
    return body.map((item, index) => take(item, exact[index], rest));
  }
  if (!isJsonObject(body) || !isJsonObject(exact) || body[part] === undefined) return body;
  return { ...body, [part]: take(body[part], exact[part], rest) };
}

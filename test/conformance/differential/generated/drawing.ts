import fc from 'fast-check';
import { type Step, UNKNOWN_ID } from '../scenario.ts';

/** One resource of the world that is played with: how it begins, what may be done to it in any order, how it is looked at in the end. */
export interface Group {
  readonly before?: readonly Step[];
  readonly operations: fc.Arbitrary<Step>;
  readonly after?: readonly Step[];
}

export const pick = <T>(...values: T[]) => fc.constantFrom(...values);
export const tags = fc.subarray(['zz-red', 'zz-blue']);
export const text = pick('', 'plain', 'ünïcödé ✓', "it's");
/** A value for a whole number, which is one most of the time. */
export const wholeNumber = fc.oneof(
  { weight: 6, arbitrary: fc.integer({ min: 0, max: 4 }) },
  { weight: 1, arbitrary: pick<unknown>(-1, null, 'three', 1.5, '2', true) },
);

/** Fields of which each may be left out. */
export const some = (shape: Record<string, fc.Arbitrary<unknown>>) => fc.record(shape, { requiredKeys: [] });
export const body = (
  required: Record<string, fc.Arbitrary<unknown>>,
  optional: Record<string, fc.Arbitrary<unknown>> = {},
) => fc.record({ ...required, ...optional }, { requiredKeys: Object.keys(required) });
/** An operation: the call may draw as well as the body. */
export const step = (call: fc.Arbitrary<string> | string, given?: fc.Arbitrary<unknown>, as?: fc.Arbitrary<string>) =>
  fc
    .tuple(typeof call === 'string' ? fc.constant(call) : call, given ?? fc.constant(undefined), as ?? fc.constant(''))
    .map(([call, body, as]): Step => (as === '' ? [call, body] : [call, body, as]));

/** `$name.id` of an answer kept under `name`, now and then an id that nobody has or that is none. */
export const idOf = (names: fc.Arbitrary<string>) =>
  fc.oneof(
    { weight: 12, arbitrary: names.map((name) => `${name}.id`) },
    { weight: 1, arbitrary: pick(UNKNOWN_ID, 'no-id') },
  );
/** The name under which an answer is kept, of what stands in calls for it. */
export const aliased = (names: fc.Arbitrary<string>) => names.map((name) => name.slice(1));
/** Each name in its place in a call: `GET /flows/name/{}`. */
export const call = (pattern: string, ...parts: fc.Arbitrary<string>[]) =>
  fc.tuple(...parts).map((names) => names.reduce((path, name) => path.replace('{}', name), pattern));

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
const TOO_LONG = 'zz'.repeat(3_000);
const WRONG: readonly Json[] = [null, 'zz wrong', '', 7, -1, 1.5, true, [], {}, [null], ['zz wrong'], TOO_LONG];

interface Spoiling {
  readonly place: number;
  readonly how: 'left out' | 'unknown key' | 'wrong';
  readonly value: Json;
}

/** The operation as it is, or with one place of its body spoiled: left out, of another kind, too long, or a key that is none. */
export const nowAndThenSpoiled = (operation: fc.Arbitrary<Step>) =>
  fc.oneof(
    { weight: 5, arbitrary: operation },
    {
      weight: 1,
      arbitrary: fc
        .tuple(
          operation,
          fc.record<Spoiling>({
            place: fc.nat(),
            how: pick('wrong', 'wrong', 'wrong', 'left out', 'unknown key'),
            value: pick(...WRONG),
          }),
        )
        .map(([step, spoiling]) => spoiled(step, spoiling)),
    },
  );

function spoiled([call, body, ...as]: Step, { place, how, value }: Spoiling): Step {
  const places = placesIn(body as Json);
  if (places.length === 0) return [call, body, ...as];
  // Where something is made or changed, unknown keys are ignored and Prefect refuses them: the worlds would part.
  const inTheseWays = how === 'unknown key' && !LISTS.test(call) ? 'wrong' : how;
  const worse = changed(body as Json, places[place % places.length]!, inTheseWays, value);
  return [call, held(worse) < held(body) ? body : worse, ...as];
}

const LISTS = /\/(?:filter|count|paginate|lateness|history)$/;
/** How many lists of names hold a body to this world: none is taken away, or it would ask for what other worlds left. */
const held = (body: unknown): number => JSON.stringify(body).match(/"any_":\["[z$]/g)?.length ?? 0;

/** Every path into a value but its root. */
function placesIn(value: Json | undefined, path: string[] = []): string[][] {
  if (value === null || typeof value !== 'object') return path.length > 0 ? [path] : [];
  const within = Object.entries(value).flatMap(([key, item]) => placesIn(item, [...path, key]));
  return path.length > 0 ? [path, ...within] : within;
}

function changed(root: Json, path: readonly string[], how: Spoiling['how'], value: Json): Json {
  const copy = structuredClone(root);
  const key = path.at(-1)!;
  // biome-ignore lint/suspicious/noExplicitAny: a path into whatever JSON was drawn
  const parent = path.slice(0, -1).reduce((at: any, part) => at[part], copy);
  if (how === 'unknown key' && !Array.isArray(parent)) parent['zz_unknown'] = value;
  else if (how === 'left out' && !Array.isArray(parent)) delete parent[key];
  else parent[key] = value;
  return copy;
}

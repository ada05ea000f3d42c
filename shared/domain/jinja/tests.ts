import { operate } from './operators.ts';
import { asNumber, Float, isDict, isList, isNumber, Thing, text, Undefined, type Value } from './values.ts';

type Test = (value: Value, args: readonly Value[]) => boolean;

const by =
  (sign: string): Test =>
  (value, [other]) =>
    operate(sign, value, other ?? null) === true;
const whole = (value: Value): boolean => typeof value === 'number' && Number.isInteger(value);
const isIterable = (value: Value): boolean =>
  typeof value === 'string' ||
  isDict(value) ||
  isList(value) ||
  value instanceof Undefined ||
  (value instanceof Thing && value.items() !== null);

/** Jinja's tests: `x is defined`. */
export const TESTS: Readonly<Record<string, Test>> = {
  defined: (value) => !(value instanceof Undefined),
  undefined: (value) => value instanceof Undefined,
  none: (value) => value === null,
  boolean: (value) => typeof value === 'boolean',
  true: (value) => value === true,
  false: (value) => value === false,
  integer: whole,
  float: (value) => value instanceof Float || (typeof value === 'number' && !whole(value)),
  number: isNumber,
  string: (value) => typeof value === 'string',
  mapping: isDict,
  sequence: (value) => typeof value === 'string' || isDict(value) || isList(value) || value instanceof Undefined,
  iterable: isIterable,
  callable: (value) => typeof value === 'function',
  odd: (value) => Math.abs((asNumber(value) ?? 0) % 2) === 1,
  even: (value) => (asNumber(value) ?? 1) % 2 === 0,
  divisibleby: (value, [number]) => asNumber(operate('%', value, number ?? null)) === 0,
  lower: (value) => text(value) === text(value).toLowerCase() && text(value) !== text(value).toUpperCase(),
  upper: (value) => text(value) === text(value).toUpperCase() && text(value) !== text(value).toLowerCase(),
  sameas: (value, [other]) => value === other,
  in: (value, [holder]) => operate('in', value, holder ?? []) === true,
  escaped: () => false,
  eq: by('=='),
  equalto: by('=='),
  ne: by('!='),
  lt: by('<'),
  lessthan: by('<'),
  gt: by('>'),
  greaterthan: by('>'),
  le: by('<='),
  ge: by('>='),
};

import { percentFormat } from './format.ts';
import { timeSum } from './times.ts';
import {
  asNumber,
  bounded,
  boundedLength,
  type Callable,
  compare,
  equals,
  Float,
  float,
  isDict,
  isList,
  isTrue,
  iterate,
  PythonError,
  Thing,
  Tuple,
  text,
  typeName,
  Undefined,
  type Value,
} from './values.ts';

const COMPARISONS: Record<string, (order: number) => boolean> = {
  '<': (order) => order < 0,
  '>': (order) => order > 0,
  '<=': (order) => order <= 0,
  '>=': (order) => order >= 0,
};

/** A binary operator of Jinja's, other than `and` and `or`. */
export function operate(sign: string, a: Value, b: Value): Value {
  if (sign === '==') return equals(a, b);
  if (sign === '!=') return !equals(a, b);
  if (sign === '~') return bounded(text(a) + text(b));
  if (sign === 'in') return contains(b, a);
  if (sign === 'not in') return !contains(b, a);
  if (COMPARISONS[sign]) return COMPARISONS[sign](compare(a, b, sign));
  for (const side of [a, b]) if (side instanceof Undefined) throw side.problem;
  return calculate(sign, a, b);
}

function contains(holder: Value, wanted: Value): boolean {
  if (typeof holder === 'string') {
    if (typeof wanted === 'string') return holder.includes(wanted);
    throw new PythonError('TypeError', `'in <string>' requires string as left operand, not ${typeName(wanted)}`);
  }
  if (isDict(holder)) return holder.has(wanted);
  if (holder instanceof Thing && holder.item(wanted) !== undefined) return true;
  return iterate(holder).some((item) => equals(item, wanted));
}

function calculate(sign: string, a: Value, b: Value): Value {
  const [x, y] = [asNumber(a), asNumber(b)];
  if (x !== null && y !== null) return arithmetic(sign, x, y, [a, b].some(isFloat));
  if (sign === '%' && typeof a === 'string') return bounded(percentFormat(a, b));
  if (sign === '+' && typeof a === 'string' && typeof b === 'string') return bounded(a + b);
  if (sign === '+' && a instanceof Tuple && b instanceof Tuple) {
    boundedLength(a.length + b.length);
    return Tuple.make([...a, ...b]);
  }
  if (sign === '+' && isList(a) && isList(b)) {
    boundedLength(a.length + b.length);
    return [...a, ...b];
  }
  if (sign === '*' && typeof a === 'string' && y !== null) return repeated(a, y);
  if (sign === '*' && typeof b === 'string' && x !== null) return repeated(b, x);
  const sum = sign === '+' || sign === '-' ? timeSum(sign, a, b) : null;
  if (sum !== null) return sum;
  if (sign === '+' && typeof a === 'string') {
    throw new PythonError('TypeError', `can only concatenate str (not "${typeName(b)}") to str`);
  }
  const shown = sign === '**' ? '** or pow()' : sign;
  throw new PythonError('TypeError', `unsupported operand type(s) for ${shown}: '${typeName(a)}' and '${typeName(b)}'`);
}

const isFloat = (value: Value): boolean =>
  value instanceof Float || (typeof value === 'number' && !Number.isInteger(value));

function repeated(given: string, times: number): string {
  const count = Math.max(0, Math.floor(times));
  boundedLength(given.length * count);
  return given.repeat(count);
}

function arithmetic(sign: string, x: number, y: number, floats: boolean): Value {
  if (y === 0 && (sign === '/' || sign === '//' || sign === '%')) {
    const message = {
      '/': 'division by zero',
      '//': 'integer division or modulo by zero',
      '%': 'integer modulo by zero',
    };
    throw new PythonError('ZeroDivisionError', message[sign]);
  }
  const results: Record<string, () => number> = {
    '+': () => x + y,
    '-': () => x - y,
    '*': () => x * y,
    '/': () => x / y,
    '//': () => Math.floor(x / y),
    '%': () => x - Math.floor(x / y) * y,
    '**': () => x ** y,
  };
  const result = results[sign]!();
  return floats || sign === '/' || (sign === '**' && y < 0) ? float(result) : result;
}

export function negated(value: Value, sign: string): Value {
  if (sign === 'not') return !isTrue(value);
  if (value instanceof Undefined) throw value.problem;
  const number = asNumber(value);
  if (number === null) throw new PythonError('TypeError', `bad operand type for unary ${sign}: '${typeName(value)}'`);
  const result = sign === '-' ? -number : number;
  return value instanceof Float ? new Float(result) : result;
}

/** Calls what can be called. */
export function call(callee: Value, args: readonly Value[], named: ReadonlyMap<string, Value>): Value {
  if (callee instanceof Undefined) throw callee.problem;
  if (typeof callee === 'function') return (callee as Callable)(args, named);
  throw new PythonError('TypeError', `'${typeName(callee)}' object is not callable`);
}

import {
  asNumber,
  boundedLength,
  exponential,
  isDict,
  PythonError,
  repr,
  Tuple,
  text,
  typeName,
  type Value,
} from './values.ts';

const PERCENT = /%(?:\((\w+)\))?([-+ 0#]*)(\d+)?(?:\.(\d+))?([sdifFeEgGxXoc%r])/g;
/** No text is padded further. */
const WIDEST = 10_000;

/** `'%s of %d' % (a, b)`. */
export function percentFormat(format: string, given: Value): string {
  const values = given instanceof Tuple ? [...given] : [given];
  let [next, length] = [0, 0];
  const made = format.replace(PERCENT, (_, key: string | undefined, flags: string, width, precision, kind: string) => {
    if (kind === '%') return '%';
    if (key !== undefined && !isDict(given)) throw new PythonError('TypeError', 'format requires a mapping');
    if (key === undefined && next >= values.length) {
      throw new PythonError('TypeError', 'not enough arguments for format string');
    }
    const value = key === undefined ? values[next++]! : isDict(given) ? (given.get(key) ?? null) : null;
    const digits = precision === undefined ? null : Number(precision);
    const shown =
      kind === 's'
        ? text(value).slice(0, digits ?? undefined)
        : converted(value, kind, digits, flags.includes('+') ? '+' : '');
    const fill = flags.includes('0') && !flags.includes('-') && kind !== 's' ? '0' : ' ';
    const field = padded(shown, Number(width ?? 0), flags.includes('-') ? '<' : '>', fill);
    length += field.length;
    boundedLength(length);
    return field;
  });
  if (next < values.length && !isDict(given)) {
    throw new PythonError('TypeError', 'not all arguments converted during string formatting');
  }
  return made;
}

const BRACES = /\{\{|\}\}|\{([^{}:!]*)(?:!([rs]))?(?::([^{}]*))?\}/g;

/** `'{} {0} {name:>5}'.format(…)`. */
export function braceFormat(format: string, args: readonly Value[], named: ReadonlyMap<string, Value>): string {
  let [next, length] = [0, 0];
  return format.replace(BRACES, (whole, field: string | undefined, conversion?: string, spec = '') => {
    if (field === undefined) return whole[0]!;
    const place = field === '' ? next++ : /^\d+$/.test(field) ? Number(field) : null;
    const value = place === null ? named.get(field) : args[place];
    if (value === undefined) {
      throw place === null
        ? new PythonError('KeyError', field)
        : new PythonError('IndexError', 'Replacement index out of range for positional args tuple');
    }
    const made = formatted(conversion === 'r' ? repr(value) : value, spec);
    length += made.length;
    boundedLength(length);
    return made;
  });
}

const SPEC = /^(?:(.)?([<>=^]))?([-+ ])?(0)?(\d+)?(,)?(?:\.(\d+))?([sdfFeEgGxXob%])?$/;

function formatted(value: Value, spec: string): string {
  const parts = SPEC.exec(spec);
  if (!parts) throw new PythonError('ValueError', 'Invalid format specifier');
  const [, fill, align, sign, zero, width, comma, precision, kind] = parts;
  const digits = precision === undefined ? null : Number(precision);
  const number = asNumber(value);
  const isText = number === null || typeof value === 'boolean';
  let shown = isText
    ? text(value).slice(0, digits ?? undefined)
    : converted(value, kind ?? (digits === null ? 'd' : 'g'), digits, sign === '+' ? '+' : '');
  if (comma && !isText) shown = withCommas(shown);
  return padded(shown, Number(width ?? 0), (align ?? (isText ? '<' : '>')) as '<', fill ?? (zero ? '0' : ' '));
}

/** So many digits behind the point; an exact half goes to the even neighbour, as in Python. */
export function fixed(number: number, digits: number): string {
  const places = Math.min(digits, 50);
  const made = number.toFixed(places);
  const [whole, fraction = ''] = Math.abs(number).toFixed(100).split('.');
  const isTie = /^50*$/.test(fraction.slice(places)) && Math.abs(number) < 1e21;
  if (!isTie) return made;
  const down = `${whole}${fraction.slice(0, places)}`;
  if (Number(down.at(-1)) % 2 === 1) return made;
  const kept = places === 0 ? whole! : `${whole}.${fraction.slice(0, places)}`;
  return number < 0 ? `-${kept}` : kept;
}

/** A number of more digits stays as it is. */
const MOST_DIGITS = 400;
export const withCommas = (digits: string): string =>
  digits.length > MOST_DIGITS ? digits : digits.replace(/\B(?=(\d{3})+(?!\d))(?<!\.\d*)/g, ',');

function converted(value: Value, kind: string, digits: number | null, plus: string): string {
  if (kind === 'r') return repr(value);
  const number = asNumber(value);
  if (number === null) {
    throw new PythonError('TypeError', `%${kind} format: a real number is required, not ${typeName(value)}`);
  }
  const sign = number >= 0 ? plus : '';
  switch (kind.toLowerCase()) {
    case 'f':
      return sign + fixed(number, digits ?? 6);
    case 'e':
      return sign + exponential(number, Math.min(digits ?? 6, 100));
    case 'g':
      return sign + String(Number(number.toPrecision(Math.min(digits || 6, 100))));
    case 'x':
      return number.toString(16);
    case 'o':
      return number.toString(8);
    case 'b':
      return number.toString(2);
    case 'c':
      return String.fromCodePoint(number);
    case '%':
      return `${fixed(number * 100, digits ?? 6)}%`;
    default:
      return sign + (Number.isInteger(number) ? repr(number) : String(Math.trunc(number)));
  }
}

export function padded(shown: string, width: number, align: '<' | '>' | '^' | '=', fill: string): string {
  const missing = Math.min(width, WIDEST) - [...shown].length;
  if (missing <= 0) return shown;
  if (align === '<') return shown + fill.repeat(missing);
  if (align === '^') return fill.repeat(Math.floor(missing / 2)) + shown + fill.repeat(Math.ceil(missing / 2));
  const sign = fill === '0' && /^[+-]/.test(shown) ? shown[0]! : '';
  return sign + fill.repeat(missing) + shown.slice(sign.length);
}

import { float, PythonError, Thing, type Value } from './values.ts';

const two = (value: number): string => String(value).padStart(2, '0');
const DAY = 86_400;
const DAYS = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'];
const MONTHS = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
];

/** Python's `datetime` in UTC, to the microsecond. */
export class DateTime extends Thing {
  readonly className = 'DateTime';
  /** Microseconds since the epoch. */
  readonly at: number;

  constructor(at: number) {
    super();
    this.at = at;
  }

  /** Null for a text that is no instant. */
  static parse(given: string): DateTime | null {
    const whole = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?(Z|[+-]\d\d:?\d\d)?$/.exec(given);
    const ms = whole ? Date.parse(`${whole[1]}T${whole[2]}${whole[4] ?? 'Z'}`) : Number.NaN;
    return Number.isNaN(ms) ? null : new DateTime(ms * 1000 + Number((whole![3] ?? '').padEnd(6, '0').slice(0, 6)));
  }

  text(): string {
    return this.iso().replace('T', ' ');
  }

  override repr(): string {
    const { year, month, day, hour, minute, second, microsecond } = this.parts();
    const parts = [year, month, day, hour, minute, second, ...(microsecond ? [microsecond] : [])];
    return `DateTime(${parts.join(', ')}, tzinfo=Timezone('UTC'))`;
  }

  json(): string {
    return this.iso().replace('+00:00', 'Z');
  }

  override order(): number {
    return this.at;
  }

  override attribute(name: string): Value | undefined {
    const parts: Record<string, number> = this.parts();
    if (Object.hasOwn(parts, name)) return parts[name];
    const { date, time } = this.words();
    switch (name) {
      case 'isoformat':
      case 'to_iso8601_string':
        return () => (name === 'isoformat' ? this.iso() : this.json());
      case 'strftime':
        return ([format]) => this.strftime(String(format));
      case 'timestamp':
        return () => float(this.at / 1e6);
      case 'int_timestamp':
        return Math.floor(this.at / 1e6);
      case 'date':
      case 'to_date_string':
        return () => date;
      case 'time':
      case 'to_time_string':
        return () => time;
      case 'to_datetime_string':
        return () => `${date} ${time}`;
      case 'weekday':
        return () => this.weekday();
      case 'isoweekday':
        return () => this.weekday() + 1;
      default:
        return undefined;
    }
  }

  plus(span: TimeDelta): DateTime {
    return new DateTime(this.at + span.micros);
  }

  private iso(): string {
    const { date, time } = this.words();
    const { microsecond } = this.parts();
    return `${date}T${time}${microsecond ? `.${String(microsecond).padStart(6, '0')}` : ''}+00:00`;
  }

  private words(): { date: string; time: string } {
    const { year, month, day, hour, minute, second } = this.parts();
    return {
      date: `${String(year).padStart(4, '0')}-${two(month)}-${two(day)}`,
      time: [hour, minute, second].map(two).join(':'),
    };
  }

  private parts() {
    const date = new Date(Math.floor(this.at / 1000));
    return {
      year: date.getUTCFullYear(),
      month: date.getUTCMonth() + 1,
      day: date.getUTCDate(),
      hour: date.getUTCHours(),
      minute: date.getUTCMinutes(),
      second: date.getUTCSeconds(),
      microsecond: ((this.at % 1e6) + 1e6) % 1e6,
    };
  }

  private weekday(): number {
    return (new Date(this.at / 1000).getUTCDay() + 6) % 7;
  }

  private strftime(format: string): string {
    const { year, month, day, hour, minute, second, microsecond } = this.parts();
    const { date, time } = this.words();
    const [weekday, monthName] = [DAYS[this.weekday()]!, MONTHS[month - 1]!];
    const half = hour % 12 || 12;
    const known: Record<string, string> = {
      Y: String(year).padStart(4, '0'),
      y: two(year % 100),
      m: two(month),
      d: two(day),
      e: String(day).padStart(2),
      H: two(hour),
      I: two(half),
      M: two(minute),
      S: two(second),
      f: String(microsecond).padStart(6, '0'),
      p: hour < 12 ? 'AM' : 'PM',
      A: weekday,
      a: weekday.slice(0, 3),
      B: monthName,
      b: monthName.slice(0, 3),
      j: String(Math.floor((Date.UTC(year, month - 1, day) - Date.UTC(year, 0, 1)) / (DAY * 1000)) + 1).padStart(
        3,
        '0',
      ),
      F: date,
      T: time,
      R: time.slice(0, 5),
      D: `${two(month)}/${two(day)}/${two(year % 100)}`,
      c: `${weekday.slice(0, 3)} ${monthName.slice(0, 3)} ${String(day).padStart(2)} ${time} ${year}`,
      x: `${two(month)}/${two(day)}/${two(year % 100)}`,
      X: time,
      z: '+0000',
      Z: 'UTC',
      s: String(Math.floor(this.at / 1e6)),
      u: String(this.weekday() + 1),
      w: String((this.weekday() + 1) % 7),
      n: '\n',
      t: '\t',
      '%': '%',
    };
    return format.replace(/%(-?)([a-zA-Z%])/g, (all, plain: string, letter: string) => {
      const value = known[letter];
      return value === undefined ? all : plain ? value.replace(/^[0 ]+(?=.)/, '') : value;
    });
  }
}

/** Python's `timedelta`. */
export class TimeDelta extends Thing {
  readonly className = 'timedelta';
  readonly micros: number;

  constructor(seconds: number) {
    super();
    this.micros = Math.round(seconds * 1e6);
  }

  text(): string {
    const { days, seconds, microseconds } = this.parts();
    const clock = `${Math.floor(seconds / 3600)}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
    const fraction = microseconds ? `.${String(microseconds).padStart(6, '0')}` : '';
    return `${days ? `${days} day${Math.abs(days) === 1 ? '' : 's'}, ` : ''}${clock}${fraction}`;
  }

  json(): number {
    return this.micros / 1e6;
  }

  override order(): number {
    return this.micros;
  }

  override attribute(name: string): Value | undefined {
    const parts: Record<string, number> = this.parts();
    if (Object.hasOwn(parts, name)) return parts[name];
    if (name === 'total_seconds') return () => float(this.micros / 1e6);
    return undefined;
  }

  private parts() {
    const days = Math.floor(this.micros / (DAY * 1e6));
    const rest = this.micros - days * DAY * 1e6;
    return { days, seconds: Math.floor(rest / 1e6), microseconds: rest % 1e6 };
  }
}

/** Times added and subtracted; null for other pairs. */
export function timeSum(sign: string, a: Value, b: Value): Value | null {
  if (sign === '-' && a instanceof DateTime && b instanceof DateTime) return new TimeDelta((a.at - b.at) / 1e6);
  if (!(a instanceof Thing && b instanceof Thing)) return null;
  if (a instanceof DateTime && b instanceof TimeDelta) {
    return a.plus(sign === '-' ? new TimeDelta(-b.micros / 1e6) : b);
  }
  if (a instanceof TimeDelta && b instanceof DateTime && sign === '+') return b.plus(a);
  if (a instanceof TimeDelta && b instanceof TimeDelta) {
    return new TimeDelta((a.micros + (sign === '-' ? -b.micros : b.micros)) / 1e6);
  }
  throw new PythonError('TypeError', `unsupported operand type(s) for ${sign}: '${a.className}' and '${b.className}'`);
}

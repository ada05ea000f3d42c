import type { ScalarTag, Tags } from 'yaml';

const BOOLEAN = { true: /^(?:[Yy]es|YES|[Tt]rue|TRUE|[Oo]n|ON)$/, false: /^(?:[Nn]o|NO|[Ff]alse|FALSE|[Oo]ff|OFF)$/ };
/** PyYAML asks for a dot, and for the sign of the exponent: `1e3` is a text. */
const WITH_EXPONENT = /^[-+]?(?:[0-9][0-9_]*\.[0-9_]*|\.[0-9][0-9_]*)[eE][-+][0-9]+$/;
const DAY = /^\d{4}-\d\d-\d\d$/;
const TIME =
  /^(\d{4}-\d\d?-\d\d?)(?:[Tt]|[ \t]+)(\d\d?:\d\d:\d\d)(?:\.(\d*))?(?:[ \t]*(Z|([-+])(\d\d?)(?::(\d\d))?))?$/;

/** YAML 1.1 with the plain scalars that PyYAML reads, where the library's differ; dates come as the text that Prefect makes of them. */
export const asPyYamlReads = (tags: Tags): Tags =>
  tags.map((tag) => (typeof tag === 'object' && !tag.collection ? scalar(tag) : tag));

function scalar(tag: ScalarTag): ScalarTag {
  if (tag.tag.endsWith(':bool')) return { ...tag, test: tag.test?.test('yes') ? BOOLEAN.true : BOOLEAN.false };
  if (tag.tag.endsWith(':float') && tag.format === 'EXP') return { ...tag, test: WITH_EXPONENT };
  if (tag.tag.endsWith(':timestamp')) return { ...tag, resolve: isoText };
  return tag;
}

function isoText(text: string): string {
  if (DAY.test(text)) return text;
  const [, day = '', clock = '', fraction = '', zone, sign, hours = '', minutes = '00'] = TIME.exec(text) ?? [];
  if (day === '') return text;
  const date = day.split('-').map(twoDigits).join('-');
  const time = clock.split(':').map(twoDigits).join(':');
  const micros = /[1-9]/.test(fraction) ? `.${fraction.padEnd(6, '0').slice(0, 6)}` : '';
  const offset = zone === undefined ? '' : zone === 'Z' ? 'Z' : `${sign}${twoDigits(hours)}:${minutes}`;
  return `${date}T${time}${micros}${offset === '+00:00' || offset === '-00:00' ? 'Z' : offset}`;
}

const twoDigits = (number: string) => number.padStart(2, '0');

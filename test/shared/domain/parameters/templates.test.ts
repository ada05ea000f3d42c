import { describe, expect, it } from 'vitest';
import { templateEvent, templateObject } from '../../../../shared/domain/automations/template-objects.ts';
import { Labels } from '../../../../shared/domain/jinja/resources.ts';
import { parseLossless } from '../../../../shared/domain/json/lossless-json.ts';
import { renderTemplate } from '../../../../shared/domain/parameters/templates.ts';

const NOW = new Date('2030-01-02T05:00:00Z');
const event = templateEvent(
  {
    id: '0194a5c8-0000-7000-8000-000000000009',
    occurred: '2030-01-02T03:04:05.123456Z',
    event: 'order.placed',
    resource: { 'prefect.resource.id': 'order.1', colour: 'red' },
    related: [
      {
        'prefect.resource.id': 'prefect.work-pool.1',
        'prefect.resource.role': 'work-pool',
        'prefect.resource.name': 'a',
      },
      {
        'prefect.resource.id': 'prefect.work-pool.2',
        'prefect.resource.role': 'work-pool',
        'prefect.resource.name': 'b',
      },
    ],
    payload: { count: 2, paid: true, note: null, lines: ['x', 1] },
    follows: null,
  },
  'https://prefect.test/event',
);
const run = templateObject('flow_run', {
  name: 'calm-otter',
  state: { type: 'FAILED', name: 'Failed', timestamp: '2030-01-02T03:04:05Z' },
  total_run_time: 3_661.5,
  end_time: null,
});
const context = { event, flow_run: run, labels: new Labels({ 'i.am.so': 'triggered', 'i.am': 'here' }) };
const rendered = (template: string) => renderTemplate(template, context, { now: NOW });

/** A list that is put together from itself so often that nobody could hold or print it. */
const DOUBLED = (list: string, how: string) =>
  `{% set ns = namespace(l=${list}) %}{% for i in range(60) %}{% set ns.l = ${how === '+' ? 'ns.l + ns.l' : '[ns.l, ns.l]'} %}{% endfor %}`;

/** Compared with Prefect's own rendering in `conformance/templates.test.ts`; here without Python. */
describe('a template', () => {
  it.each([
    [
      'prints values as Python does',
      '{{ event.payload }}',
      "{'count': 2, 'paid': True, 'note': None, 'lines': ['x', 1]}",
    ],
    ['prints times as Python does', '{{ event.occurred }}', '2030-01-02 03:04:05.123456+00:00'],
    [
      'formats times',
      "{{ event.occurred.isoformat() }} {{ event.occurred.strftime('%d.%m.%y %H:%M') }}",
      '2030-01-02T03:04:05.123456+00:00 02.01.30 03:04',
    ],
    [
      'prints spans and their seconds',
      '{{ flow_run.total_run_time }} {{ flow_run.total_run_time.total_seconds() }}',
      '1:01:01.500000 3661.5',
    ],
    [
      'knows members of enumerations',
      "{{ flow_run.state.type }} {{ flow_run.state.type.value }} {{ flow_run.state.type == 'FAILED' }}",
      'StateType.FAILED FAILED True',
    ],
    [
      'asks a state what it is',
      '{{ flow_run.state.is_failed() }} {{ flow_run.state.is_running() }} {{ flow_run.state.is_final() }}',
      'True False True',
    ],
    [
      'prints nothing as None, and what is missing as nothing',
      '{{ flow_run.end_time }}|{{ flow_run.nope.deeper }}|{{ nope }}',
      'None||',
    ],
    [
      'finds labels as a tree and by name',
      "{{ labels.i.am.so }} {{ labels.i.am }} {{ labels['i.am.so'] }}",
      'triggered here triggered',
    ],
    [
      'goes through labels',
      '{% for label, value in event.resource.labels|sort %}{{ label }}={{ value }};{% endfor %}',
      'colour=red;prefect.resource.id=order.1;',
    ],
    [
      'finds related resources by role',
      "{{ event.resource_in_role['work-pool'].name }} {{ event.resources_in_role['work-pool'] | map(attribute='name') | join(',') }}",
      'a a,b',
    ],
    [
      'calculates with times',
      '{{ event.occurred | humanize_naturaltime }}, {{ 3600 | humanize_naturaldelta }}',
      '2 hours ago, an hour',
    ],
    [
      'writes JSON with sorted keys, safe within HTML',
      "{{ {'b': '<é>', 'a': 1.0} | tojson }}",
      '{"a": 1.0, "b": "\\u003c\\u00e9\\u003e"}',
    ],
    [
      'has filters with arguments and tests with them',
      "{{ [3, 1, 2] | sort | join('-') }} {{ 6 is divisibleby 3 }} {{ [1, 2, 3] | select('odd') | list }}",
      '1-2-3 True [1, 3]',
    ],
    ['keeps what is raw', "{% raw %}{{ 'x' }}{% endraw %}", "{{ 'x' }}"],
    [
      'keeps names within loops, but for a namespace',
      '{% set ns = namespace(n=0) %}{% set x = 1 %}{% for i in [1, 2] %}{% set x = i %}{% set ns.n = ns.n + i %}{% endfor %}{{ x }} {{ ns.n }}',
      '1 3',
    ],
  ])('%s', (_, template, expected) => {
    expect(rendered(template)).toBe(expected);
  });

  it.each([
    ['{{ 1 / 0 }}', "ZeroDivisionError('division by zero')"],
    ["{{ 'a' + 1 }}", `TypeError('can only concatenate str (not "int") to str')`],
    ['{{ nope() }}', `UndefinedError("'nope' is undefined")`],
    ["{{ 'a' | nofilter }}", `TemplateAssertionError("No filter named 'nofilter'.")`],
    ['{{ nope | tojson }}', "TypeError('Object of type ChainableUndefined is not JSON serializable')"],
    ['{{ event.related.append(42) }}', `SecurityError("access to attribute 'append' of 'list' object is unsafe.")`],
    [
      '{{ range(101) }}',
      "OverflowError('Range too big. The sandbox blocks ranges larger than MAX_TEMPLATE_RANGE=100.')",
    ],
  ])('%s fails as in Python', (template, error) => {
    expect(() => rendered(template)).toThrow(error);
  });

  it.each([
    ["{{ 'x' * 100000000 }}", 'MemoryError'],
    [
      "{% set ns = namespace(s='xxxxxxxxxx') %}{% for i in range(100) %}{% set ns.s = ns.s ~ ns.s %}{% endfor %}",
      'MemoryError',
    ],
    ['{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}', 'Maximum call stack'],
    [`${DOUBLED('[0]', '+')}`, 'MemoryError'],
    [`${DOUBLED('[0]', ',')}{{ ns.l }}`, 'MemoryError'],
    [`${DOUBLED('[0]', ',')}{{ ns.l | tojson }}`, 'RecursionError'],
    ["{{ ('x' * 400000) | replace('', 'y' * 400000) }}", 'MemoryError'],
    ["{{ ('x' * 400000) | list | join('y' * 1000) }}", 'MemoryError'],
    [
      "{{ ['x'] | map('center', 1000000000) | join }}{% for i in range(100) %}{% for j in range(100) %}{{ 'x' | center(10000) }}{% endfor %}{% endfor %}",
      'MemoryError',
    ],
  ])('%s does not keep the server busy', (template, error) => {
    expect(() => rendered(template)).toThrow(error);
  });

  it('knows floats of parameters from whole numbers', () => {
    const parameters = parseLossless('{"half": 0.5, "whole": 2.0, "count": 2, "list": [1e3]}');
    const found = templateObject('flow_run', { parameters });

    expect(renderTemplate('{{ flow_run.parameters }} {{ flow_run.parameters.whole + 1 }}', { flow_run: found })).toBe(
      "{'half': 0.5, 'whole': 2.0, 'count': 2, 'list': [1000.0]} 3.0",
    );
  });

  it('sees no attribute of JavaScript', () => {
    expect(rendered("[{{ ''.constructor }}{{ event.constructor }}{{ {}.hasOwnProperty }}{{ event.__class__ }}]")).toBe(
      '[]',
    );
  });

  it.each([
    ["{{ ('<' * 400000) | striptags | length }}", '400000'],
    ["{{ ('9' * 400000) | humanize_intcomma | length }}", '400000'],
  ])('%s takes no longer than the text is long', (template, expected) => {
    expect(rendered(template)).toBe(expected);
  });
});

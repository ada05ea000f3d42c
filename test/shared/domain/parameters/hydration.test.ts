import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Json, JsonObject } from '../../../../shared/domain/json/json.ts';
import { HydrationError, hydrateParameters, usesTemplates } from '../../../../shared/domain/parameters/hydration.ts';
import { renderTemplate } from '../../../../shared/domain/parameters/templates.ts';

const variables = new Map<string, Json>([
  ['region', 'eu-west-1'],
  ['sizes', [1, 2]],
  ['name_of_another', 'region'],
]);
const hydrate = (parameters: JsonObject) => hydrateParameters(parameters, { variables, renderTemplate });

/** What a JSON text can carry: it has no negative zero, which the generator makes now and then. */
const json = fc.jsonValue().map((value) => JSON.parse(JSON.stringify(value)) as Json);

describe('parameters', () => {
  it('without a recipe stay as they are', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (parameters) => {
        expect(hydrate(parameters as JsonObject)).toEqual(parameters);
        expect(usesTemplates(parameters as JsonObject)).toBe(false);
      }),
    );
  });

  it('with a json recipe become any JSON value again, at any depth', () => {
    fc.assert(
      fc.property(json, (value) => {
        const recipe = { __prefect_kind: 'json', value: JSON.stringify(value) };
        expect(hydrate({ a: { b: [recipe] } })).toEqual({ a: { b: [value] } });
      }),
    );
  });

  it.each<[string, JsonObject, JsonObject]>([
    ['none passes its value through', { a: { __prefect_kind: 'none', value: 5 } }, { a: 5 }],
    [
      'none goes on hydrating its value',
      { a: { __prefect_kind: 'none', value: [{ __prefect_kind: 'json', value: '1' }] } },
      { a: [1] },
    ],
    ['json without a value removes the key', { a: { __prefect_kind: 'json' }, b: 1 }, { b: 1 }],
    ['json without a value removes the list item', { a: [{ __prefect_kind: 'json' }, 2] }, { a: [2] }],
    ['json with a value that is no text keeps it', { a: { __prefect_kind: 'json', value: 7 } }, { a: 7 }],
    [
      'a variable gives its value',
      { a: { __prefect_kind: 'workspace_variable', variable_name: 'sizes' } },
      { a: [1, 2] },
    ],
    ['a variable without a name removes the key', { a: { __prefect_kind: 'workspace_variable' } }, {}],
    [
      'a variable may be named by another recipe',
      {
        a: {
          __prefect_kind: 'workspace_variable',
          variable_name: { __prefect_kind: 'workspace_variable', variable_name: 'name_of_another' },
        },
      },
      { a: 'eu-west-1' },
    ],
    [
      'a template may come from a variable',
      { a: { __prefect_kind: 'json', value: { __prefect_kind: 'jinja', template: '[{{ 1 + 1 }}]' } } },
      { a: [2] },
    ],
    [
      'an unknown kind gives its value unchanged',
      { a: { __prefect_kind: 'zz', value: { __prefect_kind: 'json' } } },
      { a: { __prefect_kind: 'json' } },
    ],
    ['an unknown kind without a value gives null', { a: { __prefect_kind: 'zz' } }, { a: null }],
    ['a recipe in the place of all parameters may remove them', { __prefect_kind: 'json' }, {}],
    [
      'keys that look like the prototype are only keys',
      JSON.parse('{"__proto__":{"x":1}}'),
      JSON.parse('{"__proto__":{"x":1}}'),
    ],
  ])('%s', (_, parameters, expected) => {
    expect(hydrate(parameters)).toEqual(expected);
  });

  it.each<[JsonObject, string | RegExp]>([
    [{ a: { __prefect_kind: 'none' } }, "Missing 'value' key in __prefect object"],
    [{ a: { __prefect_kind: 'jinja' } }, "Missing 'template' key in __prefect object"],
    [{ a: { __prefect_kind: 'json', value: '{' } }, /^Invalid JSON: /],
    [{ a: { __prefect_kind: 'workspace_variable', variable_name: 'nope' } }, "Variable 'nope' not found in workspace."],
    [{ a: { __prefect_kind: 'jinja', template: '{% if' } }, /^Invalid jinja: /],
  ])('%j are refused with the reason', (parameters, message) => {
    expect(() => hydrate(parameters)).toThrow(HydrationError);
    expect(() => hydrate(parameters)).toThrow(message);
  });
});

describe('templates', () => {
  it.each([
    ['plain text', 'plain text'],
    ['{{ 1 + 1 }}', '2'],
    ['a {{ missing }} b', 'a  b'],
    ['{{ missing.below["it"] }}', ''],
    ['{{ "a" | upper }}', 'A'],
    ['{% for i in range(3) %}{{ i }}{% endfor %}', '012'],
    ['{% if true %}\n x{% endif %}', '\n x'],
    ['{{ "a".constructor }}', ''],
    ['{{ missing | default("d") }}', 'd'],
  ])('%s renders as %j', (template, expected) => {
    expect(renderTemplate(template)).toBe(expected);
  });

  it.each([
    '{% for i in range(1000000) %}x{% endfor %}',
    '{% for a in range(2) %}{% for b in range(2) %}{% for c in range(2) %}x{% endfor %}{% endfor %}{% endfor %}',
    '{% for a in range(2) %}x{% endfor %}'.repeat(11),
    '{{ missing() }}',
  ])('%s is refused', (template) => {
    expect(() => renderTemplate(template)).toThrow();
  });
});

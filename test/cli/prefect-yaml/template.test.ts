import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { applyValues } from '../../../cli/prefect-yaml/template.ts';
import type { Json } from '../../../shared/domain/json/json.ts';

const name = fc.stringMatching(/^[a-z][a-z_-]{0,6}$/);
const scalar = fc.oneof(fc.stringMatching(/^[^{}]{0,8}$/), fc.integer(), fc.boolean(), fc.constant(null));
const plain = fc.letrec<{ value: Json }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    scalar,
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(name, tie('value'), { maxKeys: 3 }),
  ),
})).value;
const values = fc.dictionary(name, plain, { minKeys: 1, maxKeys: 4 });

const remove = { removeUnset: true };
const keep = { removeUnset: false };

describe('templated values of a prefect.yaml', () => {
  it('leaves what has no placeholder as it is', () => {
    fc.assert(
      fc.property(plain, values, (template, given) => {
        expect(applyValues(template, given, {}, remove)).toEqual(template);
        expect(applyValues(template, given, {}, keep)).toEqual(template);
      }),
    );
  });

  it('puts the value itself where a placeholder is the whole text, wherever it stands', () => {
    fc.assert(
      fc.property(values, plain, fc.nat(), (given, around, pick) => {
        const key = Object.keys(given)[pick % Object.keys(given).length]!;
        const template = { before: around, nested: [{ here: `{{ ${key} }}` }] };

        expect(applyValues(template, given, {}, remove)).toEqual({ before: around, nested: [{ here: given[key] }] });
      }),
    );
  });

  it('spells the value inside text, as often as it is named', () => {
    fc.assert(
      fc.property(name, fc.stringMatching(/^[^{}]{1,8}$/), fc.stringMatching(/^[^{}]{1,8}$/), (key, value, text) => {
        const template = `${text}{{ ${key} }}${text}{{${key}}}`;

        expect(applyValues(template, { [key]: value }, {}, remove)).toBe(`${text}${value}${text}${value}`);
      }),
    );
  });

  it('keeps every unset placeholder for the step that gives its value, and comes to the same in two passes as in one', () => {
    fc.assert(
      fc.property(values, values, (first, second) => {
        const later = Object.fromEntries(Object.entries(second).filter(([key]) => !Object.hasOwn(first, key)));
        const names = [...Object.keys(first), ...Object.keys(later)];
        const template = {
          whole: names.map((key) => `{{ ${key} }}`),
          inline: names.map((key) => `<{{ ${key} }}>`).join(''),
        };

        const twice = applyValues(applyValues(template, first, {}, keep)!, later, {}, remove);

        expect(twice).toEqual(applyValues(template, { ...first, ...later }, {}, remove));
      }),
    );
  });

  it('removes what stands for nothing with its key, and says which it was', () => {
    fc.assert(
      fc.property(name, plain, (key, other) => {
        const unset: string[] = [];
        const template = { gone: `{{ ${key} }}`, list: ['a', `{{ ${key} }}`], text: `a{{ ${key} }}b`, other };

        const result = applyValues(template, {}, {}, { ...remove, onUnset: (placeholder) => unset.push(placeholder) });

        expect(result).toEqual({ list: ['a'], text: 'ab', other });
        expect(unset).toHaveLength(3);
      }),
    );
  });

  it('reads $NAME from the environment and no other name; one that is not set is empty', () => {
    const env = { STAGE: 'prod' };

    expect(applyValues('{{ $STAGE }}', {}, env, keep)).toBe('prod');
    expect(applyValues('to-{{ $STAGE }}', { STAGE: 'other' }, env, keep)).toBe('to-prod');
    expect(applyValues('{{ $NONE }}', {}, env, remove)).toBe('');
    expect(applyValues('{{ $NONE }}', {}, env, keep)).toBe('{{ $NONE }}');
    expect(applyValues('{{ STAGE }}', {}, env, keep)).toBe('{{ STAGE }}');
  });

  it('leaves blocks, variables and what the run fills in to others', () => {
    const template = ['{{ prefect.blocks.secret.a }}', 'x{{ prefect.variables.b }}', '{{ ctx.flow_run.id }}'];

    expect(applyValues(template, { ctx: { flow_run: { id: 1 } } }, {}, { ...remove, skip: ['ctx.'] })).toEqual(
      template,
    );
  });

  it('follows paths into outputs, and spells other values as Python does', () => {
    const outputs = { step: { list: [{ tag: 'a' }], on: true, none: null } };

    expect(applyValues('{{ step.list[0].tag }}', outputs, {}, remove)).toBe('a');
    expect(applyValues('{{ step.on }} {{ step.none }} {{ step.list }}', outputs, {}, remove)).toBe(
      "True None [{'tag': 'a'}]",
    );
  });
});

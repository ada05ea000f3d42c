import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readFlow } from '../../../cli/prefect-yaml/python-flow.ts';
import { parameterSchema } from '../../../cli/prefect-yaml/python-parameters.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'pushpool-flow-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function flowIn(source: string, name = 'my_flow') {
  writeFileSync(path.join(folder, 'flow.py'), source);
  return readFlow(`flow.py:${name}`, folder);
}

describe('what the source says of a flow', () => {
  it('is its function name with dashes, unless the decorator names it', () => {
    expect(flowIn('@flow\ndef my_flow(): pass').flowName).toBe('my-flow');
    expect(flowIn('@flow(retries=3, name="Mine")\ndef my_flow(): pass').flowName).toBe('Mine');
    expect(
      flowIn("@prefect.flow(\n    name = 'Mine',  # (so it is)\n)\n@other(name='x')\nasync def my_flow(): ...")
        .flowName,
    ).toBe('Mine');
  });

  it('is not the name of another flow above it', () => {
    expect(flowIn('@flow(name="first")\ndef first():\n    pass\n\n@flow\ndef my_flow(): pass').flowName).toBe(
      'my-flow',
    );
  });

  it('takes the docstring as description', () => {
    expect(flowIn('@flow\ndef my_flow(a=":"):\n    """One.\n\n    Two.\n    """').description).toBe('One.\n\nTwo.');
    expect(flowIn('@flow\ndef my_flow():\n    print("not this")').description).toBeNull();
  });

  it('is a name alone for a module or a file that is not here', () => {
    expect(readFlow('package.module.run_it', folder)).toEqual({
      flowName: 'run-it',
      description: null,
      version: null,
      parameterSchema: null,
    });
  });

  it('has the version of the decorator, or the hash of its file as Prefect has it', () => {
    expect(flowIn('@flow(version="7", description="Said here.")\ndef my_flow():\n    "Not this."')).toMatchObject({
      version: '7',
      description: 'Said here.',
    });
    expect(flowIn('@flow\ndef my_flow(): pass').version).toMatch(/^[0-9a-f]{32}$/);
    expect(flowIn('@flow\ndef my_flow(): pass').version).not.toBe(flowIn('@flow\ndef my_flow(): ...').version);
  });

  it('says of each parameter what its docstring says', () => {
    const lines = [
      '"Loads.',
      '',
      'Args:',
      '    day (str): Which one,',
      '        as text.',
      '    *rest: More.',
      '',
      'Returns: No."',
    ];
    const { parameterSchema: schema } = flowIn(
      `@flow\ndef my_flow(day: str, other=1):\n    ""${lines.join('\n    ')}""`,
    );

    expect(schema?.['properties']).toEqual({
      day: { description: 'Which one,\nas text.', position: 0, title: 'day', type: 'string' },
      other: { default: 1, position: 1, title: 'other' },
    });
  });
});

describe('the parameters of a signature', () => {
  it('have a position, simple types and literal defaults', () => {
    expect(
      parameterSchema('a: str, b: int = 1_000, c: float = -1.5, d: bool = True, e: list = [], f: Optional[int] = None'),
    ).toEqual({
      title: 'Parameters',
      type: 'object',
      properties: {
        a: { position: 0, title: 'a', type: 'string' },
        b: { default: 1000, position: 1, title: 'b', type: 'integer' },
        c: { default: -1.5, position: 2, title: 'c', type: 'number' },
        d: { default: true, position: 3, title: 'd', type: 'boolean' },
        e: { default: [], position: 4, title: 'e', type: 'array', items: {} },
        f: { default: null, position: 5, title: 'f', anyOf: [{ type: 'integer' }, { type: 'null' }] },
      },
      required: ['a'],
    });
  });

  it('have no type and no default where the source is not plain', () => {
    const schema = parameterSchema(
      'when: Moment = Moment(2026), map: dict[Moment, int] = {"a": x}, some: list[Moment] = [1 + 1], text="a,b=c", raw: str = f"{x}"',
    );

    expect(schema?.['properties']).toEqual({
      when: { position: 0, title: 'when' },
      map: { position: 1, title: 'map' },
      some: { position: 2, title: 'some' },
      text: { default: 'a,b=c', position: 3, title: 'text' },
      raw: { position: 4, title: 'raw', type: 'string' },
    });
    expect(schema?.['required']).toBeUndefined();
  });

  it('read over comments, stars and slashes; any name at all is no schema', () => {
    expect(Object.keys(parameterSchema('a, /, # the first, or not\n *, b=2')?.['properties'] ?? {})).toEqual([
      'a',
      'b',
    ]);
    expect(parameterSchema('a, **rest')).toBeNull();
  });
});

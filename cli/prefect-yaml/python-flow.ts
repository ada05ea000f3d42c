import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { JsonObject } from '../../shared/domain/json/json.ts';
import { describedParameters } from './python-docstring.ts';
import { pythonTextLiteral } from './python-literals.ts';
import { parameterSchema } from './python-parameters.ts';
import { closing, splitOutside } from './python-text.ts';

export interface FlowFacts {
  /** What Prefect would call the flow. */
  readonly flowName: string;
  /** Of the decorator, or the docstring; null when there is none. */
  readonly description: string | null;
  /** Of the decorator, or a hash of the file, as Prefect has it; null when the file is not here. */
  readonly version: string | null;
  /** Null when the file is not here: nothing is checked then. */
  readonly parameterSchema: JsonObject | null;
}

/**
 * What can be known of a flow without Python: its name, docstring and parameters as the source spells them. `entrypoint` is
 * `path/to/file.py:function` or `module.function`; Prefect itself reads it when the run starts.
 */
export function readFlow(entrypoint: string, cwd: string): FlowFacts {
  const [place = '', dotted = ''] = entrypoint.includes(':') ? splitLast(entrypoint, ':') : splitLast(entrypoint, '.');
  const name = dotted.split('.').at(-1) ?? dotted;
  const plain = { flowName: name.replaceAll('_', '-'), description: null, version: null, parameterSchema: null };
  const file = path.resolve(cwd, place.endsWith('.py') ? place : `${place.replaceAll('.', '/')}.py`);
  if (!existsSync(file)) return plain;
  const source = readFileSync(file);
  const version = createHash('md5').update(source).digest('hex');
  return { ...plain, version, ...factsIn(source.toString('utf8'), name) };
}

function factsIn(source: string, name: string): Partial<FlowFacts> {
  const definition = new RegExp(`^([ \\t]*)(?:async[ \\t]+)?def[ \\t]+${name}[ \\t]*\\(`, 'm').exec(source);
  if (!definition) return {};
  const open = definition.index + definition[0].length - 1;
  const close = closing(source, open);
  const decorator = decoratorAbove(source.slice(0, definition.index));
  const [flowName, description, version] = ['name', 'description', 'version'].map((name) => decorator.get(name));
  const text = docstring(source.slice(close + 1));
  const isMethod = definition[1] !== '';
  const signature = source.slice(open + 1, close);
  return {
    ...(flowName !== undefined && { flowName }),
    ...(version !== undefined && { version }),
    description: description ?? text,
    parameterSchema: parameterSchema(signature, { isMethod, descriptions: describedParameters(text) }),
  };
}

/** The texts that are given to the `@flow(...)` above a function, by name. */
function decoratorAbove(before: string): ReadonlyMap<string, string> {
  const given = new Map<string, string>();
  const decorator = [...before.matchAll(/^[ \t]*@(?:[\w.]*\.)?flow[ \t]*\(/gm)].at(-1);
  if (!decorator) return given;
  const open = decorator.index + decorator[0].length - 1;
  const close = closing(before, open);
  // Anything but decorators and comments in between belongs to another function.
  if (/^(?![ \t]*(?:[@#)]|$))/m.test(before.slice(close + 1).replace(/@[\s\S]*$/, ''))) return given;
  for (const argument of splitOutside(before.slice(open + 1, close), ',')) {
    const [name = '', value = ''] = splitOutside(argument, '=');
    const text = pythonTextLiteral(value);
    if (text !== null) given.set(name.trim(), text);
  }
  return given;
}

function docstring(after: string): string | null {
  const found =
    /^[^\n]*:[ \t]*(?:#[^\n]*)?\n\s*[rR]?(?:"""([\s\S]*?)"""|'''([\s\S]*?)'''|"([^"\n]*)"|'([^'\n]*)')/.exec(after);
  const text = found?.slice(1).find((part) => part !== undefined);
  return text === undefined ? null : dedent(text);
}

/** As Python's `inspect.cleandoc`. */
function dedent(text: string): string {
  const [first = '', ...rest] = text.split('\n');
  const margin = Math.min(
    ...rest.filter((line) => line.trim() !== '').map((line) => line.length - line.trimStart().length),
  );
  return [first.trim(), ...rest.map((line) => line.slice(Number.isFinite(margin) ? margin : 0).trimEnd())]
    .join('\n')
    .trim();
}

function splitLast(text: string, by: string): [string, string] {
  const at = text.lastIndexOf(by);
  return at < 0 ? ['', text] : [text.slice(0, at), text.slice(at + 1)];
}

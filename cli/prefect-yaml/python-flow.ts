import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { JsonObject } from '../../shared/domain/json.ts';
import { parameterSchema } from './python-parameters.ts';
import { closing } from './python-text.ts';

export interface FlowFacts {
  /** What Prefect would call the flow. */
  readonly flowName: string;
  /** The first paragraph of the docstring; null when there is none. */
  readonly description: string | null;
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
  const plain = { flowName: name.replaceAll('_', '-'), description: null, parameterSchema: null };
  const file = path.resolve(cwd, place.endsWith('.py') ? place : `${place.replaceAll('.', '/')}.py`);
  return existsSync(file) ? { ...plain, ...factsIn(readFileSync(file, 'utf8'), name) } : plain;
}

function factsIn(source: string, name: string): Partial<FlowFacts> {
  const definition = new RegExp(`^([ \\t]*)(?:async[ \\t]+)?def[ \\t]+${name}[ \\t]*\\(`, 'm').exec(source);
  if (!definition) return {};
  const open = definition.index + definition[0].length - 1;
  const close = closing(source, open);
  const flowName = nameInDecorators(source.slice(0, definition.index));
  const isMethod = definition[1] !== '';
  return {
    ...(flowName !== null && { flowName }),
    description: docstring(source.slice(close + 1)),
    parameterSchema: parameterSchema(source.slice(open + 1, close), { isMethod }),
  };
}

/** The text of `name=` in the `@flow(...)` above a function. */
function nameInDecorators(before: string): string | null {
  const decorator = [...before.matchAll(/^[ \t]*@(?:[\w.]*\.)?flow[ \t]*\(/gm)].at(-1);
  if (!decorator) return null;
  const open = decorator.index + decorator[0].length - 1;
  const close = closing(before, open);
  // Anything but decorators and comments in between belongs to another function.
  if (/^(?![ \t]*(?:[@#)]|$))/m.test(before.slice(close + 1).replace(/@[\s\S]*$/, ''))) return null;
  const named = /(?:^|[(,\s])name[ \t]*=[ \t]*(?:"([^"\\]*)"|'([^'\\]*)')/.exec(before.slice(open, close));
  return named ? (named[1] ?? named[2] ?? null) : null;
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

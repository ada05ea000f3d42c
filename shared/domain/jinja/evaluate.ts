import { attributeOf, itemOf } from './methods.ts';
import { call, negated, operate } from './operators.ts';
import { NEGATED_TEST, type Node, TEST } from './parse.ts';
import { APPLYING, applied } from './sequence-filters.ts';
import { TESTS } from './tests.ts';
import { Loop, Namespace } from './things.ts';
import {
  bounded,
  type Filter,
  Float,
  float,
  isDict,
  isList,
  isTrue,
  iterate,
  type Named,
  PythonError,
  Tuple,
  text,
  Undefined,
  type Value,
} from './values.ts';

/** Names as one part of a template sees them: a loop and a macro have their own over those around them. */
class Scope {
  private readonly values: Map<string, Value>;
  private readonly outer: Scope | null;
  constructor(values: Map<string, Value>, outer: Scope | null = null) {
    this.values = values;
    this.outer = outer;
  }
  get(name: string): Value {
    if (this.values.has(name)) return this.values.get(name) ?? null;
    return this.outer ? this.outer.get(name) : new Undefined(`'${name}' is undefined`);
  }
  set(name: string, value: Value): void {
    this.values.set(name, value);
  }
  inner(values: Iterable<readonly [string, Value]> = []): Scope {
    return new Scope(new Map(values), this);
  }
}

const CONSTANTS: Record<string, Value> = { true: true, True: true, false: false, False: false, none: null, None: null };
/** So many nodes are evaluated for one text: a template cannot keep the server busy. */
const MOST_STEPS = 500_000;

type Tree = Node & Record<string, unknown>;
class Jump {
  readonly kind: 'Break' | 'Continue';
  constructor(kind: 'Break' | 'Continue') {
    this.kind = kind;
  }
}

/** Evaluates a template's syntax tree as Python's Jinja would, in its sandbox: nothing is in reach but the values given. Throws `PythonError`. */
export class Evaluation {
  private steps = 0;
  private readonly filters: Readonly<Record<string, Filter>>;
  private readonly globals: Scope;

  constructor(filters: Readonly<Record<string, Filter>>, names: ReadonlyMap<string, Value>) {
    this.filters = filters;
    this.globals = new Scope(new Map(names));
  }

  run(program: Node): string {
    return this.block((program as Tree)['body'] as Node[], this.globals);
  }

  private block(body: readonly Node[], scope: Scope): string {
    let made = '';
    for (const node of body) made = bounded(made + this.statement(node as Tree, scope));
    return made;
  }

  private statement(node: Tree, scope: Scope): string {
    switch (node.type) {
      case 'If':
        return this.block(
          (isTrue(this.value(node['test'], scope)) ? node['body'] : node['alternate']) as Node[],
          scope,
        );
      case 'For':
        return this.loop(node, scope);
      case 'Set':
        this.assign(node, scope);
        return '';
      case 'Macro':
        scope.set(
          (node['name'] as Tree)['value'] as string,
          this.macro(node['args'] as Tree[], node['body'] as Node[], scope),
        );
        return '';
      case 'FilterStatement':
        return text(this.filtered(node['filter'] as Tree, this.block(node['body'] as Node[], scope), scope));
      case 'CallStatement':
        return this.callBlock(node, scope);
      case 'Comment':
        return '';
      case 'Break':
      case 'Continue':
        throw new Jump(node.type);
      default:
        return text(this.value(node, scope));
    }
  }

  private loop(node: Tree, scope: Scope): string {
    const iterable = node['iterable'] as Tree;
    const selected = iterable.type === 'SelectExpression' ? iterable : null;
    let items = iterate(this.value(selected ? selected['lhs'] : iterable, scope));
    if (selected) {
      items = items.filter((item) =>
        isTrue(this.value(selected['test'], scope.inner(this.unpacked(node['loopvar'] as Tree, item)))),
      );
    }
    if (items.length === 0) return this.block(node['defaultBlock'] as Node[], scope);
    let made = '';
    for (const [place, item] of items.entries()) {
      const inner = scope.inner([...this.unpacked(node['loopvar'] as Tree, item), ['loop', new Loop(items, place)]]);
      let stopped = false;
      try {
        for (const one of node['body'] as Tree[]) made = bounded(made + this.statement(one, inner));
      } catch (error) {
        if (!(error instanceof Jump)) throw error;
        stopped = error.kind === 'Break';
      }
      if (stopped) break;
    }
    return made;
  }

  private unpacked(target: Tree, item: Value): [string, Value][] {
    if (target.type === 'Identifier') return [[target['value'] as string, item]];
    const names = target['value'] as Tree[];
    const items = iterate(item);
    if (items.length !== names.length) {
      const message =
        items.length < names.length
          ? `not enough values to unpack (expected ${names.length}, got ${items.length})`
          : `too many values to unpack (expected ${names.length})`;
      throw new PythonError('ValueError', message);
    }
    return names.flatMap((name, place) => this.unpacked(name, items[place]!));
  }

  private assign(node: Tree, scope: Scope): void {
    const target = node['assignee'] as Tree;
    const value = node['value'] ? this.value(node['value'], scope) : this.block(node['body'] as Node[], scope);
    if (target.type !== 'MemberExpression') {
      for (const [name, item] of this.unpacked(target, value)) scope.set(name, item);
      return;
    }
    const holder = this.value(target['object'], scope);
    if (!(holder instanceof Namespace)) {
      throw new PythonError('TemplateRuntimeError', 'cannot assign attribute on non-namespace object');
    }
    holder.set((target['property'] as Tree)['value'] as string, value);
  }

  private macro(parameters: readonly Tree[], body: readonly Node[], scope: Scope) {
    return (args: readonly Value[], named: Named): Value => {
      const values = parameters.map((parameter, place): [string, Value] => {
        const isDefault = parameter.type === 'KeywordArgumentExpression';
        const name = ((isDefault ? parameter['key'] : parameter) as Tree)['value'] as string;
        const fallback = () =>
          isDefault ? this.value(parameter['value'], scope) : new Undefined(`parameter '${name}' was not provided`);
        return [name, args[place] ?? named.get(name) ?? fallback()];
      });
      const caller = named.get('caller');
      return this.block(body, scope.inner(caller ? [...values, ['caller', caller]] : values));
    };
  }

  private callBlock(node: Tree, scope: Scope): string {
    const caller = this.macro((node['callerArgs'] ?? []) as Tree[], node['body'] as Node[], scope);
    const { callee, args, named } = this.callParts(node['call'] as Tree, scope);
    return text(call(this.value(callee, scope), args, new Map([...named, ['caller', caller]])));
  }

  private callParts(node: Tree, scope: Scope) {
    const args: Value[] = [];
    const named = new Map<string, Value>();
    for (const argument of node['args'] as Tree[]) {
      if (argument.type === 'SpreadExpression') args.push(...iterate(this.value(argument['argument'], scope)));
      else if (argument.type === 'KeywordSpreadExpression') {
        const given = this.value(argument['argument'], scope);
        if (isDict(given)) for (const [key, item] of given) named.set(text(key), item);
      } else if (argument.type === 'KeywordArgumentExpression') {
        named.set((argument['key'] as Tree)['value'] as string, this.value(argument['value'], scope));
      } else args.push(this.value(argument, scope));
    }
    return { callee: node['callee'], args, named };
  }

  private value(given: unknown, scope: Scope): Value {
    if (++this.steps > MOST_STEPS) throw new PythonError('OverflowError', `More than ${MOST_STEPS} steps.`);
    const node = given as Tree;
    switch (node.type) {
      case 'StringLiteral':
      case 'IntegerLiteral':
        return node['value'] as Value;
      case 'FloatLiteral':
        return float(node['value'] as number);
      case 'ArrayLiteral':
        return (node['value'] as Node[]).map((item) => this.value(item, scope));
      case 'TupleLiteral':
        return Tuple.make((node['value'] as Node[]).map((item) => this.value(item, scope)));
      case 'ObjectLiteral':
        return new Map(
          [...(node['value'] as Map<Node, Node>)].map(([key, item]) => [
            this.value(key, scope),
            this.value(item, scope),
          ]),
        );
      case 'Identifier':
        return Object.hasOwn(CONSTANTS, node['value'] as string)
          ? CONSTANTS[node['value'] as string]!
          : scope.get(node['value'] as string);
      case 'BinaryExpression':
        return this.binary(node, scope);
      case 'UnaryExpression':
        return negated(this.value(node['argument'], scope), (node['operator'] as { value: string }).value);
      case 'Ternary':
        return this.value(isTrue(this.value(node['condition'], scope)) ? node['trueExpr'] : node['falseExpr'], scope);
      case 'SelectExpression':
        return isTrue(this.value(node['test'], scope))
          ? this.value(node['lhs'], scope)
          : new Undefined('the inline if-expression evaluated to false and no else section was defined.');
      case 'TestExpression':
        return (
          this.test((node['test'] as Tree)['value'] as string, this.value(node['operand'], scope), []) !==
          node['negate']
        );
      case 'FilterExpression':
        return this.filtered(node['filter'] as Tree, this.value(node['operand'], scope), scope);
      case 'MemberExpression':
        return this.member(node, scope);
      case 'CallExpression': {
        const { callee, args, named } = this.callParts(node, scope);
        return call(this.value(callee, scope), args, named);
      }
      default:
        throw new PythonError('TemplateSyntaxError', `unexpected ${node.type}`);
    }
  }

  private binary(node: Tree, scope: Scope): Value {
    const sign = (node['operator'] as { value: string }).value;
    const left = this.value(node['left'], scope);
    if (sign === 'and') return isTrue(left) ? this.value(node['right'], scope) : left;
    if (sign === 'or') return isTrue(left) ? left : this.value(node['right'], scope);
    return operate(sign, left, this.value(node['right'], scope));
  }

  private member(node: Tree, scope: Scope): Value {
    const object = this.value(node['object'], scope);
    const property = node['property'] as Tree;
    if (!node['computed']) {
      return property.type === 'Identifier'
        ? attributeOf(object, property['value'] as string)
        : itemOf(object, property['value'] as number);
    }
    if (property.type !== 'SliceExpression') {
      const key = this.value(property, scope);
      return itemOf(object, key instanceof Float ? key.value : key);
    }
    const [start, stop, step] = ['start', 'stop', 'step'].map((name) =>
      property[name] ? this.value(property[name], scope) : null,
    );
    const items = sliceOf(
      typeof object === 'string' ? [...object] : iterate(object),
      start as number | null,
      stop as number | null,
      step as number | null,
    );
    if (typeof object === 'string') return items.join('');
    return object instanceof Tuple || !isList(object) ? Tuple.make(items) : items;
  }

  private filtered(node: Tree, value: Value, scope: Scope): Value {
    const isCall = node.type === 'CallExpression';
    const name = ((isCall ? node['callee'] : node) as Tree)['value'] as string;
    const { args, named } = isCall ? this.callParts(node, scope) : { args: [], named: new Map<string, Value>() };
    for (const prefix of [NEGATED_TEST, TEST]) {
      if (name.startsWith(prefix)) return this.test(name.slice(prefix.length), value, args) === (prefix === TEST);
    }
    return this.filter(name, value, args, named);
  }

  private filter(name: string, value: Value, args: readonly Value[], named: Named): Value {
    if (APPLYING.has(name)) {
      return applied(name, value, args, named, {
        filter: (inner, item, more, byName) => this.filter(inner, item, more, byName),
        test: (inner, item, more) => this.test(inner, item, more),
      });
    }
    const filter = Object.hasOwn(this.filters, name) ? this.filters[name] : undefined;
    if (!filter) throw new PythonError('TemplateAssertionError', `No filter named '${name}'.`);
    return filter(value, args, named);
  }

  private test(name: string, value: Value, args: readonly Value[]): boolean {
    const found = Object.hasOwn(TESTS, name) ? TESTS[name] : undefined;
    if (found) return found(value, args);
    if (name === 'filter' || name === 'test') return Object.hasOwn(name === 'test' ? TESTS : this.filters, text(value));
    if (['==', '!=', '<', '>', '<=', '>='].includes(name)) return operate(name, value, args[0] ?? null) === true;
    throw new PythonError('TemplateAssertionError', `No test named '${name}'.`);
  }
}

function sliceOf(items: readonly Value[], start: number | null, stop: number | null, step: number | null): Value[] {
  const by = step ?? 1;
  if (by === 0) throw new PythonError('ValueError', 'slice step cannot be zero');
  if (by === 1) return items.slice(start ?? 0, stop ?? undefined);
  const size = items.length;
  const clamp = (at: number) =>
    by > 0
      ? Math.min(Math.max(at < 0 ? at + size : at, 0), size)
      : Math.min(Math.max(at < 0 ? at + size : at, -1), size - 1);
  const [from, to] = [
    start === null ? (by > 0 ? 0 : size - 1) : clamp(start),
    stop === null ? (by > 0 ? size : -1) : clamp(stop),
  ];
  const taken: Value[] = [];
  for (let at = from; by > 0 ? at < to : at > to; at += by) taken.push(items[at]!);
  return taken;
}

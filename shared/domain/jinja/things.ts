import { textMethod } from './methods.ts';
import { equals, fromPlain, PythonError, repr as reprOf, Thing, toPlain, Undefined, type Value } from './values.ts';

/** A member of one of Prefect's enumerations: equal to its text, shown with the name of the enumeration. */
export class Enum extends Thing {
  readonly className: string;
  readonly value: string;
  private readonly member: string;

  constructor(className: string, value: string, member = value) {
    super();
    this.className = className;
    this.value = value;
    this.member = member;
  }

  text(): string {
    return `${this.className}.${this.member}`;
  }
  json(): string {
    return this.value;
  }
  override characters(): string {
    return this.value;
  }
  override order(): string {
    return this.value;
  }
  override attribute(name: string): Value | undefined {
    if (name === 'value') return this.value;
    return name === 'name' ? this.member : textMethod(this.value, name);
  }
}

/** An object of Prefect's: its fields are attributes, and so are a few more values that its JSON does not have. */
export class Model extends Thing {
  readonly className: string;
  private readonly fields: ReadonlyMap<string, Value>;
  private readonly more: ReadonlyMap<string, Value>;

  constructor(className: string, fields: ReadonlyMap<string, Value>, more: Readonly<Record<string, Value>> = {}) {
    super();
    this.className = className;
    this.fields = fields;
    this.more = new Map(Object.entries(more));
  }

  text(): string {
    return [...this.fields].map(([name, value]) => `${name}=${reprOf(value)}`).join(' ');
  }
  override repr(): string {
    return `${this.className.split('.').at(-1)}(${[...this.fields].map(([name, value]) => `${name}=${reprOf(value)}`).join(', ')})`;
  }
  json(): unknown {
    return toPlain(new Map(this.fields));
  }
  override attribute(name: string): Value | undefined {
    if (this.fields.has(name)) return this.fields.get(name) ?? null;
    if (name === 'model_dump') return () => fromPlain(this.json());
    return name === 'model_dump_json' ? () => JSON.stringify(this.json()) : this.more.get(name);
  }
}

/** What `loop` says within a loop. */
export class Loop extends Thing {
  readonly className = 'LoopContext';
  private readonly all: readonly Value[];
  private readonly place: number;

  constructor(all: readonly Value[], place: number) {
    super();
    this.all = all;
    this.place = place;
  }
  text(): string {
    return `<LoopContext ${this.place + 1}/${this.all.length}>`;
  }
  json(): never {
    throw new PythonError('TypeError', 'Object of type LoopContext is not JSON serializable');
  }
  override attribute(name: string): Value | undefined {
    const { all, place } = this;
    const values: Record<string, Value> = {
      index: place + 1,
      index0: place,
      revindex: all.length - place,
      revindex0: all.length - place - 1,
      first: place === 0,
      last: place === all.length - 1,
      length: all.length,
      depth: 1,
      depth0: 0,
      previtem: all[place - 1] ?? new Undefined('there is no previous item'),
      nextitem: all[place + 1] ?? new Undefined('there is no next item'),
      cycle: (args: readonly Value[]) => args[place % args.length] ?? null,
      changed: ([value]: readonly Value[]) => place === 0 || !equals(value ?? null, all[place - 1] ?? null),
    };
    return Object.hasOwn(values, name) ? values[name] : undefined;
  }
}

/** `namespace(…)`: the one thing that a template may change, also from within a loop. */
export class Namespace extends Thing {
  readonly className = 'Namespace';
  private readonly values: Map<string, Value>;

  constructor(values: ReadonlyMap<string, Value>) {
    super();
    this.values = new Map(values);
  }
  text(): string {
    return `<Namespace ${reprOf(new Map(this.values))}>`;
  }
  json(): never {
    throw new PythonError('TypeError', 'Object of type Namespace is not JSON serializable');
  }
  set(name: string, value: Value): void {
    this.values.set(name, value);
  }
  override attribute(name: string): Value | undefined {
    return this.values.get(name);
  }
}

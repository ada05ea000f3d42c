import { attributeOf } from './methods.ts';
import { type Callable, PythonError, repr, Thing, Tuple, text, type Value } from './values.ts';

/** Labels as a tree: `labels.prefect.resource.id` is the label `prefect.resource.id`, and so is `labels['prefect.resource.id']` (Prefect's `LabelDiver`). */
export class Labels extends Thing {
  readonly className = 'prefect.server.events.schemas.labelling.LabelDiver';
  private readonly labels: Readonly<Record<string, string>>;
  private readonly own: string;

  constructor(labels: Readonly<Record<string, string>>, own = '') {
    super();
    this.labels = labels;
    this.own = own;
  }

  text(): string {
    return this.own;
  }
  json(): never {
    throw new PythonError('TypeError', 'Object of type LabelDiver is not JSON serializable');
  }
  override items(): readonly Value[] {
    return Object.entries(this.labels).map((pair) => Tuple.make(pair));
  }
  override item(key: Value): Value | undefined {
    const name = text(key);
    return Object.hasOwn(this.labels, name) ? this.labels[name] : undefined;
  }
  override attribute(name: string): Value | undefined {
    const below = Object.entries(this.labels).filter(([label]) => label.startsWith(`${name}.`));
    const own = Object.hasOwn(this.labels, name) ? this.labels[name] : undefined;
    if (below.length === 0 && own === undefined) return undefined;
    return new Labels(Object.fromEntries(below.map(([label, value]) => [label.slice(name.length + 1), value])), own);
  }
}

/** A resource of an event: its labels by their names, and `id`, `name`, `role` and `labels`. */
export class EventResource extends Thing {
  readonly className = 'prefect.server.events.schemas.events.Resource';
  readonly labels: Readonly<Record<string, string>>;

  constructor(labels: Readonly<Record<string, string>>) {
    super();
    this.labels = labels;
  }

  text(): string {
    return `root=${repr(this.dict())}`;
  }
  override repr(): string {
    return `${this.labels['prefect.resource.role'] === undefined ? '' : 'Related'}Resource(${this.text()})`;
  }
  json(): unknown {
    return this.labels;
  }
  override item(key: Value): Value | undefined {
    const name = text(key);
    return Object.hasOwn(this.labels, name) ? this.labels[name] : undefined;
  }
  override items(): readonly Value[] {
    return Object.keys(this.labels);
  }
  override attribute(name: string): Value | undefined {
    switch (name) {
      case 'id':
        return this.labels['prefect.resource.id'];
      case 'name':
        return this.labels['prefect.resource.name'] ?? null;
      case 'role':
        return this.labels['prefect.resource.role'];
      case 'labels':
        return new Labels(this.labels);
      case 'keys':
      case 'items':
      case 'get':
        return attributeOf(this.dict(), name) as Callable;
      default:
        return undefined;
    }
  }

  private dict(): Map<Value, Value> {
    return new Map(Object.entries(this.labels));
  }
}

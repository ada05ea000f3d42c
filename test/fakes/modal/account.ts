import { StatusError } from './faults.ts';
import { randomId, Sandboxes } from './sandboxes.ts';
import type { Entry, GenericResult } from './wire.ts';

export interface FakeImage {
  readonly id: string;
  /** The text that Modal caches by: the Dockerfile, the builder's version and how the registry is reached. */
  readonly text: string;
  readonly commands: readonly string[];
  readonly registry: { readonly registry_auth_type?: string; readonly secret_id?: string } | null;
  readonly builtAt: number;
}

/** What a Modal workspace holds. One environment, `main`, is the default and is also meant by the empty name. */
export class Account {
  readonly environments = new Set(['main']);
  readonly apps = new Map<string, { readonly id: string; readonly name: string; readonly environment: string }>();
  readonly images: FakeImage[] = [];
  readonly secrets: { id: string; name: string | null; environment: string; values: Record<string, string> }[] = [];
  readonly sandboxes: Sandboxes;
  /** How long a new image takes to build. */
  buildSeconds = 0;
  /** What a build of an image whose Dockerfile holds this text ends with. */
  readonly buildResults = new Map<string, GenericResult>();
  readonly #now: () => number;

  constructor(now: () => number) {
    this.#now = now;
    this.sandboxes = new Sandboxes(now);
  }

  environment(name: string | undefined): string {
    const wanted = name || 'main';
    if (!this.environments.has(wanted)) throw new StatusError('NOT_FOUND', `Environment '${wanted}' not found`);
    return wanted;
  }

  app(name: string, environmentName: string | undefined, create: boolean) {
    const environment = this.environment(environmentName);
    const key = `${environment}/${name}`;
    const found = this.apps.get(key);
    if (found) return found;
    if (!create) throw new StatusError('NOT_FOUND', `App '${name}' not found in environment '${environment}'`);
    const app = { id: `ap-${randomId(22)}`, name, environment };
    this.apps.set(key, app);
    return app;
  }

  appById(id: string | undefined) {
    const app = [...this.apps.values()].find((one) => one.id === id);
    if (!app) throw new StatusError('NOT_FOUND', `App with id '${id}' not found`);
    return app;
  }

  image(commands: readonly string[], builder: string, registry: FakeImage['registry']): FakeImage {
    const text = [builder, JSON.stringify(registry), ...commands].join('\n');
    const found = this.images.find((image) => image.text === text);
    if (found && this.buildResult(found)?.status !== 'GENERIC_STATUS_FAILURE') return found;
    const image = { id: `im-${randomId(22)}`, text, commands, registry, builtAt: this.#now() + this.buildSeconds };
    this.images.push(image);
    return image;
  }

  imageById(id: string | undefined): FakeImage {
    const image = this.images.find((one) => one.id === id);
    if (!image) throw new StatusError('NOT_FOUND', `Image with id '${id}' not found`);
    return image;
  }

  /** Null while it is being built. */
  buildResult(image: FakeImage): GenericResult | null {
    if (this.#now() < image.builtAt) return null;
    for (const [text, result] of this.buildResults) if (image.text.includes(text)) return result;
    return { status: 'GENERIC_STATUS_SUCCESS' };
  }

  /** Stores a named secret, as somebody would in Modal's dashboard. */
  addSecret(name: string, values: Record<string, string>, environment = 'main'): string {
    return this.#secret(name, values, environment);
  }

  secret(name: string, environmentName: string | undefined): string {
    const environment = this.environment(environmentName);
    const found = this.secrets.find((secret) => secret.name === name && secret.environment === environment);
    if (!found) throw new StatusError('NOT_FOUND', `Secret '${name}' not found in environment '${environment}'`);
    return found.id;
  }

  ephemeralSecret(entries: readonly Entry[], environmentName: string | undefined): string {
    return this.#secret(null, fromEntries(entries), this.environment(environmentName));
  }

  valuesOf(secretId: string | undefined): Record<string, string> {
    const secret = this.secrets.find((one) => one.id === secretId);
    if (!secret) throw new StatusError('NOT_FOUND', `Secret with id '${secretId}' not found`);
    return secret.values;
  }

  #secret(name: string | null, values: Record<string, string>, environment: string): string {
    const id = `st-${randomId(22)}`;
    this.secrets.push({ id, name, environment, values });
    return id;
  }
}

export const fromEntries = (entries: readonly Entry[]): Record<string, string> =>
  Object.fromEntries(entries.map(({ key, value }) => [key, value ?? '']));

import type { JsonObject } from '../domain/json/json.ts';

/**
 * One thing that a push work pool needs in somebody's cloud account. Every cloud's provisioner is an ordered list of these, so
 * that the plan, the apply and the removal are the same few lines for all (plan.ts, apply.ts, deprovision.ts). The account is
 * the only journal: a second run finds what the first has made and goes on from there.
 */
export interface Resource<Context, Found = unknown> {
  /** Names it in outputs and messages: `cluster`. */
  readonly id: string;
  /** Whether this account needs it at all, e.g. no subnets where a default VPC has them. Absent: always. */
  applies?(context: Context): boolean;
  /** A line of the plan, in Prefect's words: "Creating an ECS cluster for running Prefect flows: N". Null for what belongs to the line before. */
  line(context: Context): string | null;
  /** What the progress says while it is made: "Provisioning ECS cluster". */
  readonly progress: string;
  /** What the person who provisions must be allowed to do, to make and to find it. */
  readonly permissions: readonly string[];
  /** Reads only. Null when it is not there. */
  find(context: Context): Promise<Found | null>;
  /** Makes it, or adopts what somebody made in between. May be called twice. */
  create(context: Context): Promise<Found>;
  /** Brings what was found to what is wanted, e.g. a policy that grew; may be called each time. */
  update?(context: Context, found: Found): Promise<Found>;
  /** Whether pushpool made it for this pool: only that is ever removed. */
  isOurs?(context: Context, found: Found): boolean;
  /** Puts a new key into what was found and takes the old one away. May be called again after a failure. */
  rotate?(context: Context, found: Found): Promise<Found>;
  /** Whether there is a key in it to replace. @default true where there is `rotate` */
  hasKey?(context: Context, found: Found): boolean;
  /** Removes it and what it holds; safe to repeat. Absent: it is kept. */
  remove?(context: Context, found: Found): Promise<void>;
  /** Why it stays although it is ours, or null: images in a registry, a cluster that another pool uses. */
  keptBecause?(context: Context, found: Found): Promise<string | null>;
}

/** What every cloud's context has. */
export interface ProvisionContext {
  readonly pool: string;
  readonly names: Readonly<Record<string, string>>;
  /** What was found or made, by the resource's id: later resources read earlier ones here. */
  readonly found: Map<string, unknown>;
  readonly blocks: Blocks;
  /** Waits between looks at something that takes its time; tests pass one that does not. */
  readonly sleep: (seconds: number) => Promise<void>;
  /** The key that the pool stores is to be replaced. */
  readonly rotating?: boolean;
  /** Looked at to be removed: then everything that any choice of options makes is looked for. */
  readonly removing?: boolean;
}

/** A credentials block, with its secrets where the server shows them to whoever asks. */
export interface StoredBlock {
  readonly id: string;
  readonly data: JsonObject;
}

/** Credentials blocks on the pushpool server. */
export interface Blocks {
  find(typeSlug: string, name: string): Promise<StoredBlock | null>;
  create(typeSlug: string, name: string, data: JsonObject): Promise<StoredBlock>;
  /** Replaces the fields given, and keeps the others. */
  update(block: StoredBlock, data: JsonObject): Promise<StoredBlock>;
  remove(id: string): Promise<void>;
}

/** Another work pool of the same cloud, as far as it shows what it uses. */
export interface OtherPool {
  readonly name: string;
  /** The defaults of its template's variables. */
  readonly defaults: JsonObject;
  /** What its credentials block holds; empty when it has none. */
  readonly credentials: JsonObject;
}

/** What `found` holds of a resource that comes before. */
export function earlier<Found>(context: ProvisionContext, id: string): Found {
  const found = context.found.get(id);
  if (found === undefined) throw new Error(`${id} is provisioned before what needs it`);
  return found as Found;
}

/** A name a person may choose. */
export interface NameQuestion {
  readonly key: string;
  /** "Enter a name for the ECS cluster (hosts ECS tasks)" */
  readonly prompt: string;
  readonly defaultName: (pool: string) => string;
  /** The complaint about a name, or null. */
  readonly check: (name: string) => string | null;
}

/** A registry of images. */
export interface Registry {
  /** What names of images begin with: its host, and what comes before the image's own name. */
  readonly namespace: string;
  /** An image that can be pushed there. */
  readonly image: string;
  /** What `docker login` takes. */
  login(): Promise<{ readonly server: string; readonly username: string; readonly password: string }>;
  /** Does the same by hand. */
  readonly loginCommand: string;
}

/** The provisioner of one cloud. */
export interface Provisioner<Context extends ProvisionContext = ProvisionContext> {
  /** Where things are made, for people: "AWS account 123456789012, region us-east-1". */
  place(context: Context): string;
  readonly questions: readonly NameQuestion[];
  /** In the order in which they are made; removal goes backwards. */
  readonly resources: readonly Resource<Context, never>[];
  /** The pool's template with the defaults that point at what was made. Pure; may be called twice. */
  template(context: Context, template: JsonObject): JsonObject;
  /** The ids of the resources that another pool uses too: they stay when this pool's are removed. */
  usedBy?(context: Context, other: OtherPool): readonly string[] | Promise<readonly string[]>;
  /** Where images go; absent where the cloud has no registry of its own. */
  registry?(context: Context): Registry;
  /** What the plan does otherwise than was asked, for people to see before they confirm it. */
  warnings?(context: Context): readonly string[];
  /** What else there is to know, for people. */
  notes?(context: Context): readonly string[];
}

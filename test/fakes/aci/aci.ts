import { type Call, HttpCloud } from '../http-cloud.ts';
import { ArmDeployments } from './deployments.ts';
import { EntraId } from './entra-id.ts';
import { type Group, viewOf } from './group.ts';
import { refuse } from './refusal.ts';
import { CONTAINER_GROUP, unknownPaths } from './schema.ts';

const API_VERSION = '2023-05-01';
const GROUP =
  '/subscriptions/(?<s>[^/]+)/resourceGroups/(?<g>[^/]+)/providers/Microsoft.ContainerInstance/containerGroups/(?<n>[^/]+)';
const NAME = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/;

/**
 * Azure Container Instances and the part of Entra ID and Resource Manager that a client needs, as a program (targets.md 5.2).
 * Written from Azure's REST reference; checked by Azure's own SDKs in `test/fakes/aci/aci.test.ts`.
 */
export class FakeAci extends HttpCloud {
  readonly groups = new Map<string, Group>();
  /** Every group that was ever made, the deleted ones too. */
  readonly everMade: Group[] = [];
  readonly entra: EntraId;
  readonly #deployments: ArmDeployments;
  /** Resource groups that exist, with their location. */
  readonly resourceGroups = new Map([['flows', 'westeurope']]);
  /** From the PUT to the running container. Null: it waits until `start`. */
  startSeconds: number | null = 5;
  /** From SIGTERM to the end of a container that does not end by itself. */
  graceSeconds = 30;
  /** Called for each new group; a test plays its container. */
  onCreate: (group: Group) => void = () => {};
  /** No room in the location until this is false. */
  full = false;

  constructor(now?: () => Date) {
    const group = (
      op: string,
      method: string,
      tail: string,
      handle: (call: Call, group: Group | undefined) => Response,
    ) => ({
      op,
      method,
      path: new RegExp(`^${GROUP}${tail}$`, 'i'),
      handle: (call: Call) => {
        this.#admit(call);
        return handle(call, this.#find(call));
      },
    });
    super(
      [
        ...EntraId.routes(() => this.entra),
        ...ArmDeployments.routes(() => this.#deployments),
        group('get', 'GET', '', (_call, found) => ({ status: 200, body: viewOf(found ?? missing()) })),
        group('put', 'PUT', '', (call, found) => this.#put(call, found)),
        group('delete', 'DELETE', '', (_call, found) => this.#delete(found)),
        group('stop', 'POST', '/stop', (_call, found) => this.#stop(found)),
        group('logs', 'GET', '/containers/(?<c>[^/]+)/logs', (call, found) => this.#logs(call, found)),
        {
          op: 'list',
          method: 'GET',
          path: /^\/subscriptions\/(?<s>[^/]+)(\/resourceGroups\/(?<g>[^/]+))?\/providers\/Microsoft\.ContainerInstance\/containerGroups$/i,
          handle: (call) => this.#list(call),
        },
        {
          op: 'operation',
          method: 'GET',
          path: /^\/subscriptions\/(?<s>[^/]+)\/providers\/Microsoft\.ContainerInstance\/locations\/(?<l>[^/]+)\/operations\/(?<n>.+)$/i,
          handle: (call) => this.#operation(call),
        },
        {
          op: 'resource-group',
          method: 'GET',
          path: /^\/subscriptions\/(?<s>[^/]+)\/resourcegroups\/(?<g>[^/]+)$/i,
          handle: (call) => this.#resourceGroup(call),
        },
      ],
      now,
    );
    this.entra = new EntraId(this);
    this.#deployments = new ArmDeployments(this);
  }

  /** The one container of a group starts now. */
  start(name: string): void {
    const group = this.#named(name);
    group.life = { state: 'running', since: this.now() };
    group.starts += 1;
    group.provisioningState = 'Succeeded';
    group.groupState = 'Running';
    this.#event(group, 'Pulled', 'Successfully pulled image');
    this.#event(group, 'Started', 'Started container');
  }

  /** It ends by itself; `detail` is Azure's word for how. */
  exit(name: string, exitCode: number, detail = exitCode === 0 ? 'Completed' : 'Error'): void {
    const group = this.#named(name);
    if (group.life.state === 'waiting') this.start(name);
    const since = group.life.state === 'running' ? group.life.since : null;
    group.life = { state: 'terminated', since, until: this.now(), exitCode, detail };
    group.groupState = exitCode === 0 ? 'Succeeded' : 'Failed';
  }

  /** Azure tries to pull its image once more, in vain. */
  failPull(name: string, message = 'Failed to pull image "nobody/nothing:1": not found'): void {
    const group = this.#named(name);
    const event = group.events.find((known) => known.name === 'Failed');
    if (event) event.count += 1;
    else this.#event(group, 'Failed', message);
  }

  /** A Spot group loses its host. */
  evict(name: string): void {
    this.exit(name, 137, 'Evicted');
    this.#event(this.#named(name), 'Evicted', 'The container group was evicted.');
    this.#named(name).groupState = 'Stopped';
  }

  /** The group goes without anybody's request. */
  vanish(name: string): void {
    const group = this.#named(name);
    if (group.life.state === 'running') this.exit(name, 137, 'Error');
    else group.life = { state: 'terminated', since: null, until: this.now(), exitCode: 137, detail: 'Error' };
    this.groups.delete(name);
  }

  /** The container prints a line. */
  print(name: string, text: string): void {
    this.#named(name).output.push({ at: this.now(), text });
  }

  #named(name: string): Group {
    const group = this.groups.get(name);
    if (!group) throw new Error(`There is no group ${name}, only ${[...this.groups.keys()]}.`);
    return group;
  }

  #find({ params }: Call): Group | undefined {
    this.settle();
    const group = this.groups.get(params['n'] ?? '');
    const same = (a: string, b: string | undefined) => a.toLowerCase() === b?.toLowerCase();
    return group && same(group.resourceGroup, params['g']) && same(group.subscription, params['s']) ? group : undefined;
  }

  #admit(call: Call): void {
    if (call.query['api-version'] !== API_VERSION) {
      this.violation(`${call.op}: api-version ${call.query['api-version']}`);
    }
    this.admitIn(call);
  }

  /** Throws Azure's refusal of a request without a good token, or in a subscription or resource group that is not there. */
  admitIn(call: Call): void {
    this.entra.admit(call);
    const { s = '', g } = call.params;
    if (!this.entra.subscriptions.has(s))
      refuse(404, 'SubscriptionNotFound', `The subscription '${s}' could not be found.`);
    if (g && !this.resourceGroups.has(g.toLowerCase()))
      refuse(404, 'ResourceGroupNotFound', `Resource group '${g}' could not be found.`);
  }

  #put(call: Call, found: Group | undefined): Response {
    const { s = '', g = '', n = '' } = call.params;
    const group = this.putGroup({ subscription: s, resourceGroup: g, name: n }, call.body);
    return {
      status: found ? 200 : 201,
      headers: { 'azure-asyncoperation': this.#operationUrl('put', group) },
      body: viewOf(group),
    };
  }

  /** Makes the group of a request's body or of a deployment's resource; throws Azure's refusal. One that is there starts again. */
  // biome-ignore lint/suspicious/noExplicitAny: the vendor's own JSON
  putGroup(place: Pick<Group, 'subscription' | 'resourceGroup' | 'name'>, spec: any): Group {
    const { name } = place;
    const found = this.groups.get(name);
    const unknown = unknownPaths(spec, CONTAINER_GROUP);
    for (const path of unknown) this.violation(`put: unknown field ${path}`);
    if (unknown.length > 0) refuse(400, 'InvalidRequestContent', `Could not find member '${unknown[0]}'.`);
    if (!NAME.test(name) || name.length > 63 || name.includes('--'))
      refuse(400, 'InvalidContainerGroupName', `'${name}' is no name.`);
    if (!spec.location) refuse(400, 'LocationRequired', 'The location property is required for this definition.');
    for (const container of spec.properties.containers) {
      if (!container.properties.resources?.requests?.cpu) {
        refuse(
          400,
          'ResourceRequestsNotSpecified',
          `The resource requests of container '${container.name}' are missing.`,
        );
      }
    }
    if (this.full) {
      refuse(
        409,
        'ServiceUnavailable',
        `The requested resource is not available in the location '${spec.location}' at this moment.`,
      );
    }
    if (found?.deletingSince)
      refuse(409, 'ContainerGroupTransitioning', `The container group '${name}' is still transitioning.`);
    const group: Group = {
      ...place,
      spec,
      createdAt: this.now(),
      life: { state: 'waiting' },
      starts: found?.starts ?? 0,
      provisioningState: 'Pending',
      groupState: 'Pending',
      events: [],
      output: [],
      stoppingSince: null,
      deletingSince: null,
    };
    this.groups.set(name, group);
    this.everMade.push(group);
    this.onCreate(group);
    return group;
  }

  /** Of a PUT, by its state; of a DELETE, by the answer's status (ARM's two ways to follow an operation). */
  #operation({ params }: Call): Response {
    this.settle();
    const [what, name = ''] = (params['n'] ?? '').split('.');
    const group = this.groups.get(name);
    if (what === 'delete') {
      return group ? { status: 202, headers: { location: this.#operationUrl('delete', group) } } : { status: 204 };
    }
    const status = !group ? 'Failed' : group.life.state === 'waiting' ? 'Pending' : 'Succeeded';
    return { status: 200, body: { id: params['n'], status } };
  }

  #delete(group: Group | undefined): Response {
    if (!group) return { status: 204 };
    group.deletingSince ??= this.now();
    return { status: 202, headers: { location: this.#operationUrl('delete', group) }, body: viewOf(group) };
  }

  #operationUrl(what: 'put' | 'delete', { subscription, spec, name }: Group): string {
    return `https://management.azure.com/subscriptions/${subscription}/providers/Microsoft.ContainerInstance/locations/${spec.location}/operations/${what}.${name}?api-version=2018-06-01`;
  }

  #stop(found: Group | undefined): Response {
    const group = found ?? missing();
    if (group.deletingSince || group.life.state === 'waiting') {
      refuse(409, 'ContainerGroupTransitioning', `The container group '${group.name}' is still transitioning.`);
    }
    if (group.life.state === 'running') group.stoppingSince ??= this.now();
    return { status: 204 };
  }

  #logs({ query, params }: Call, found: Group | undefined): Response {
    const group = found ?? missing();
    if (!group.spec.properties.containers.some((container: { name: string }) => container.name === params['c'])) {
      refuse(404, 'ContainerNotFound', `There is no container '${params['c']}'.`);
    }
    if (group.life.state === 'waiting') {
      refuse(409, 'ContainerGroupDeploymentNotReady', `The container group '${group.name}' is not ready yet.`);
    }
    const tail = query['tail'] ? Number(query['tail']) : group.output.length;
    const stamped = query['timestamps'] === 'true';
    const lines = group.output.slice(-tail).map(({ at, text }) => (stamped ? `${at.toISOString()} ${text}` : text));
    return { status: 200, body: { content: lines.map((line) => `${line}\n`).join('') } };
  }

  /** In pages of two, so that a client that reads only the first is found out. */
  #list(call: Call): Response {
    this.#admit(call);
    this.settle();
    const { s, g } = call.params;
    const all = [...this.groups.values()].filter(
      (group) => group.subscription === s && (!g || group.resourceGroup.toLowerCase() === g.toLowerCase()),
    );
    const from = Number(call.query['$skiptoken'] ?? 0);
    const next = `https://management.azure.com${call.path}?api-version=${API_VERSION}&$skiptoken=${from + 2}`;
    const value = all.slice(from, from + 2).map((group) => {
      const { instanceView: _left, ...properties } = viewOf(group).properties;
      return { ...viewOf(group), properties };
    });
    return { status: 200, body: { value, ...(from + 2 < all.length && { nextLink: next }) } };
  }

  #resourceGroup(call: Call): Response {
    this.entra.admit(call);
    const { s = '', g = '' } = call.params;
    const location = this.resourceGroups.get(g.toLowerCase());
    if (!this.entra.subscriptions.has(s))
      refuse(404, 'SubscriptionNotFound', `The subscription '${s}' could not be found.`);
    if (!location) refuse(404, 'ResourceGroupNotFound', `Resource group '${g}' could not be found.`);
    return { status: 200, body: { id: `/subscriptions/${s}/resourceGroups/${g}`, name: g, location } };
  }

  /** Does what time has brought since the last look. */
  settle(): void {
    const past = (from: Date, seconds: number) => this.now().getTime() >= from.getTime() + seconds * 1000;
    for (const group of [...this.groups.values()]) {
      const { life, stoppingSince, deletingSince } = group;
      if (deletingSince && (life.state !== 'running' || past(deletingSince, this.graceSeconds))) {
        this.vanish(group.name);
      } else if (life.state === 'waiting') {
        if (this.startSeconds !== null && past(group.createdAt, this.startSeconds)) this.start(group.name);
      } else if (life.state === 'running' && stoppingSince && past(stoppingSince, this.graceSeconds)) {
        this.exit(group.name, 137, 'Error');
        group.groupState = 'Stopped';
        this.#event(group, 'Killing', 'Killing container');
      }
    }
  }

  #event(group: Group, name: string, message: string): void {
    group.events.push({ name, message, count: 1, at: this.now() });
  }
}

interface Response {
  readonly status: number;
  readonly headers?: Record<string, string>;
  readonly body?: unknown;
}

function missing(): never {
  return refuse(
    404,
    'ResourceNotFound',
    'The Resource was not found. For more details please go to https://aka.ms/ARMResourceNotFoundFix',
  );
}

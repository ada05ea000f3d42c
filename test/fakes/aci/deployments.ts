import { createHash } from 'node:crypto';
import { type Answer, type Call, Refusal, type Route } from '../http-cloud.ts';
import type { Group } from './group.ts';
import { refuse } from './refusal.ts';

// biome-ignore lint/suspicious/noExplicitAny: the vendor's own JSON
type Template = any;

type Place = Pick<Group, 'subscription' | 'resourceGroup' | 'name'>;

/** The cloud whose provider makes the groups. */
interface Cloud {
  admitIn(call: Call): void;
  putGroup(place: Place, spec: Template): Group;
  settle(): void;
  violation(text: string): void;
}

interface Deployment {
  readonly id: string;
  readonly name: string;
  readonly properties: Template;
  readonly group: Group | null;
  /** Why the container group was refused. */
  readonly error: Template;
}

const TYPE = 'Microsoft.ContainerInstance/containerGroups';
const DEPLOYMENT =
  '/subscriptions/(?<s>[^/]+)/resourceGroups/(?<g>[^/]+)/providers/Microsoft.Resources/deployments/(?<n>[^/]+)';
const NAME = /^[-\w._()]{1,64}$/;
const PARAMETER = /^parameters\('([^']+)'\)$/;

/**
 * Deployments of ARM templates with one container group, by which Prefect's own worker makes its containers: the template's parameters
 * and the few functions of its expressions, the operation that a client follows. Written from Azure's REST reference.
 */
export class ArmDeployments {
  readonly #all = new Map<string, Deployment>();
  readonly #cloud: Cloud;

  constructor(cloud: Cloud) {
    this.#cloud = cloud;
  }

  static routes(deployments: () => ArmDeployments): Route[] {
    const route = (op: string, method: string, tail: string, handle: (call: Call) => Answer): Route => ({
      op,
      method,
      path: new RegExp(`^${DEPLOYMENT}${tail}$`, 'i'),
      handle: (call) => {
        deployments().#cloud.admitIn(call);
        return handle(call);
      },
    });
    return [
      route('deploy', 'PUT', '', (call) => deployments().#put(call)),
      route('deployment', 'GET', '', (call) => ({ status: 200, body: deployments().#view(call) })),
      route('deployment-status', 'GET', '/operationStatuses/(?<o>[^/]+)', (call) => {
        const { provisioningState: status, error } = deployments().#view(call).properties;
        return { status: 200, body: { status, ...(error && { error }) } };
      }),
    ];
  }

  #put(call: Call): Answer {
    const { s = '', g = '', n = '' } = call.params;
    const { mode, template, parameters } = call.body?.properties ?? {};
    if (!NAME.test(n)) refuse(400, 'InvalidDeploymentName', `The deployment name '${n}' is not valid.`);
    if (mode !== 'Incremental') this.#cloud.violation(`deploy: mode ${mode} would remove what is not in the template`);
    if (!template) refuse(400, 'InvalidRequestContent', 'The template is missing.');
    const values = this.#values(template, parameters ?? {}, g);
    const [resource, ...more] = evaluated(template.resources, values, g);
    if (resource?.type !== TYPE || more.length > 0) {
      this.#cloud.violation(`deploy: not one container group but ${template.resources?.length} resources`);
    }
    const { type: _type, apiVersion: _version, name, ...spec } = resource;
    const id = `/subscriptions/${s}/resourceGroups/${g}/providers/Microsoft.Resources/deployments/${n}`;
    const made = this.#make({ subscription: s, resourceGroup: g, name }, spec);
    this.#all.set(id, { id, name: n, properties: { mode, parameters }, ...made });
    const status = `https://management.azure.com${id}/operationStatuses/08585000000000000000?api-version=${call.query['api-version']}`;
    return { status: 201, headers: { 'azure-asyncoperation': status }, body: this.#view(call) };
  }

  /** What the container provider refuses makes the deployment fail, not its request. */
  #make(place: Place, spec: Template): Pick<Deployment, 'group' | 'error'> {
    try {
      return { group: this.#cloud.putGroup(place, spec), error: null };
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      const { error: detail } = error.answer.body as { error: unknown };
      const message = 'At least one resource deployment operation failed.';
      return { group: null, error: { code: 'DeploymentFailed', message, details: [detail] } };
    }
  }

  #values(template: Template, given: Template, group: string): Record<string, unknown> {
    const declared = template.parameters ?? {};
    for (const name of Object.keys(given)) {
      if (!(name in declared)) invalid(`the parameter '${name}' is not declared`);
    }
    const parameter = (name: string): unknown => {
      if (name in given) return given[name].value;
      if (!('defaultValue' in declared[name])) invalid(`the parameter '${name}' has no value`);
      return evaluated(declared[name].defaultValue, {}, group);
    };
    return Object.fromEntries(Object.keys(declared).map((name) => [name, parameter(name)]));
  }

  #view({ params }: Call): Template {
    this.#cloud.settle();
    const { s, g, n } = params;
    const found = this.#all.get(
      `/subscriptions/${s}/resourceGroups/${g}/providers/Microsoft.Resources/deployments/${n}`,
    );
    if (!found) return refuse(404, 'DeploymentNotFound', `Deployment '${n}' could not be found.`);
    const { id, name, group, error, properties } = found;
    const provisioningState = error ? 'Failed' : group?.life.state === 'waiting' ? 'Running' : 'Succeeded';
    return {
      ...{ id, name, type: 'Microsoft.Resources/deployments' },
      properties: { ...properties, provisioningState, ...(error && { error }) },
    };
  }
}

/** A part of a template with its expressions evaluated; one that Prefect's template does not use is refused. */
function evaluated(part: Template, values: Record<string, unknown>, group: string): Template {
  if (Array.isArray(part)) return part.map((item) => evaluated(item, values, group));
  if (typeof part === 'object' && part !== null) {
    const entries = Object.entries(part).map(([name, item]) => [name, evaluated(item, values, group)]);
    return Object.fromEntries(entries);
  }
  if (typeof part !== 'string' || !/^\[[^[].*\]$/.test(part)) return part;
  const expression = part.slice(1, -1);
  if (expression === 'resourceGroup().location') return 'westeurope';
  if (expression === 'uniqueString(resourceGroup().id)') {
    return createHash('sha256').update(group).digest('hex').slice(0, 13);
  }
  const [, name = ''] = PARAMETER.exec(expression) ?? [];
  return name in values ? values[name] : invalid(`the expression '${expression}' cannot be evaluated`);
}

function invalid(why: string): never {
  return refuse(400, 'InvalidTemplate', `Deployment template validation failed: ${why}.`);
}

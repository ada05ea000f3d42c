import { AwsFault } from './aws-fault.ts';
import { type Body, refuseUnknown } from './strict.ts';

const FIELDS = [
  'containerDefinitions',
  'cpu',
  'enableFaultInjection',
  'ephemeralStorage',
  'executionRoleArn',
  'family',
  'inferenceAccelerators',
  'ipcMode',
  'memory',
  'networkMode',
  'pidMode',
  'placementConstraints',
  'proxyConfiguration',
  'requiresCompatibilities',
  'runtimePlatform',
  'tags',
  'taskRoleArn',
  'volumes',
];
const DEFINITION_MAX = 64 * 1024;

/** Task definitions: revisions of families, with what ECS adds to them. */
export class Definitions {
  readonly all: Body[] = [];
  readonly #region: string;

  constructor(region: string) {
    this.#region = region;
  }

  register(body: Body): Body {
    refuseUnknown('RegisterTaskDefinition', body, FIELDS);
    if (!/^[A-Za-z0-9_-]{1,255}$/.test(body['family'] ?? '')) {
      throw new AwsFault('ClientException', 'Family contains invalid characters.');
    }
    if (!body['containerDefinitions']?.length) throw new AwsFault('ClientException', 'Container list cannot be empty.');
    for (const container of body['containerDefinitions']) checkContainer(container);
    if (JSON.stringify(body).length > DEFINITION_MAX)
      throw new AwsFault('ClientException', 'Actual length of task definition is too large.');
    if (body['requiresCompatibilities']?.includes('FARGATE')) checkFargate(body);
    const revision = this.all.filter(({ family }) => family === body['family']).length + 1;
    const definition: Body = {
      ...body,
      containerDefinitions: body['containerDefinitions'].map((container: Body) => ({
        ...{
          cpu: 0,
          portMappings: [],
          essential: true,
          mountPoints: [],
          volumesFrom: [],
          systemControls: [],
          environment: [],
        },
        ...container,
      })),
      taskDefinitionArn: `arn:aws:ecs:${this.#region}:123456789012:task-definition/${body['family']}:${revision}`,
      ...{ revision, status: 'ACTIVE', volumes: [], placementConstraints: [] },
      ...{
        compatibilities: ['EC2', 'FARGATE'],
        registeredAt: 1_764_000_000,
        registeredBy: 'arn:aws:iam::123456789012:user/u',
      },
    };
    this.all.push(definition);
    return { taskDefinition: definition };
  }

  describe(body: Body): Body {
    refuseUnknown('DescribeTaskDefinition', body, ['taskDefinition', 'include']);
    const found = this.find(body['taskDefinition']);
    if (!found) throw new AwsFault('ClientException', 'Unable to describe task definition.');
    return { taskDefinition: found };
  }

  deregister(body: Body): Body {
    refuseUnknown('DeregisterTaskDefinition', body, ['taskDefinition']);
    const found = this.find(body['taskDefinition']);
    if (!found) throw new AwsFault('ClientException', 'The specified task definition does not exist.');
    if (found['status'] !== 'ACTIVE')
      throw new AwsFault('ClientException', 'The specified task definition is not active.');
    found['status'] = 'INACTIVE';
    return { taskDefinition: found };
  }

  /** By ARN, `family:revision`, or the newest active one of a family. */
  find(name: string): Body | undefined {
    const short = name.split('/').at(-1)!;
    const [family, revision] = short.split(':');
    return this.all.findLast(
      (definition) =>
        definition['family'] === family &&
        (revision ? String(definition['revision']) === revision : definition['status'] === 'ACTIVE'),
    );
  }
}

function checkContainer(container: Body): void {
  if (!container['name'] || !container['image']) {
    throw new AwsFault('ClientException', 'Container.image and Container.name should not be null or empty.');
  }
  for (const field of ['cpu', 'memory', 'memoryReservation']) {
    if (container[field] !== undefined && typeof container[field] !== 'number') {
      throw new AwsFault('SerializationException', `${field} of a container is an integer.`);
    }
  }
}

function checkFargate(body: Body): void {
  if (typeof body['cpu'] !== 'string' || typeof body['memory'] !== 'string') {
    throw new AwsFault('ClientException', "Fargate requires task definition to have 'cpu' and 'memory' (texts).");
  }
  if (body['networkMode'] !== 'awsvpc') {
    throw new AwsFault('ClientException', "Fargate only supports network mode 'awsvpc'.");
  }
}

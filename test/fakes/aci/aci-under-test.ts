import type { JsonObject } from '../../../shared/domain/json/json.ts';
import { ATTEMPT_TAG, RUN_TAG } from '../../../shared/targets/aci/names.ts';
import { createAciTarget } from '../../../shared/targets/aci/target.ts';
import type { Target } from '../../../shared/targets/target.ts';
import type { Awaited, CloudUnderTest, ContainerView, End, FaultKind, Operation } from '../cloud-under-test.ts';
import type { Answer, Recorded } from '../http-cloud.ts';
import { HttpCloudUnderTest } from '../http-cloud-under-test.ts';
import { FakeAci } from './aci.ts';
import { environmentOf, type Group } from './group.ts';

export const aciUnderTest: CloudUnderTest = {
  name: 'Azure Container Instances',
  poolType: 'azure-container-instance:push',
  async start(now) {
    return new AciUnderTest(await new FakeAci(now).listen());
  },
};

const error = (status: number, code: string, message: string): Answer => ({
  status,
  headers: status === 429 ? { 'retry-after': '1' } : {},
  body: { error: { code, message, details: [] } },
});

const ANSWERS: Partial<Record<FaultKind, Answer | 'reset'>> = {
  throttle: error(429, 'TooManyRequests', 'The request is being throttled.'),
  'server-error': error(500, 'InternalServerError', 'Encountered an internal server error.'),
  reset: 'reset',
  capacity: error(
    409,
    'ServiceUnavailable',
    "The requested resource is not available in the location 'westeurope' at this moment.",
  ),
  permission: error(403, 'AuthorizationFailed', "The client does not have authorization to perform action 'write'."),
  credentials: error(
    401,
    'ExpiredAuthenticationToken',
    'The access token expiry UTC time is earlier than current UTC time.',
  ),
  'not-found': error(404, 'ResourceGroupNotFound', "Resource group 'flows' could not be found."),
  invalid: error(400, 'InvalidImageName', 'The image name is invalid.'),
};

const REQUESTS: Record<Operation, string> = {
  look: 'get',
  create: 'put',
  describe: 'get',
  list: 'list',
  stop: 'stop',
  'clean-up': 'delete',
  logs: 'logs',
};

/** The fake as the contract suite and the simulation drive it. */
class AciUnderTest extends HttpCloudUnderTest<FakeAci> {
  readonly jobVariables: JsonObject;

  constructor(cloud: FakeAci) {
    super(cloud, { answers: ANSWERS, requests: REQUESTS });
    this.jobVariables = aciVariables(cloud);
  }

  target(_app: unknown, awaited: Awaited): Target {
    return createAciTarget({
      endpoint: this.cloud.url,
      now: () => this.cloud.now(),
      around: awaited,
      readRetrySeconds: [],
    });
  }

  containers(): ContainerView[] {
    this.cloud.settle();
    return this.cloud.everMade.map((group, place, all) => {
      const before = all.slice(0, place).filter(({ name }) => name === group.name).length;
      return viewOf(group, before === 0 ? group.name : `${group.name}, put again`);
    });
  }

  end(name: string, how: End): void {
    this.cloud.settle();
    if (!this.cloud.groups.has(name)) return;
    const { cloud } = this;
    if (how.kind === 'exit') cloud.exit(name, how.code);
    else if (how.kind === 'oom') cloud.exit(name, 137, 'OOMKilled');
    else if (how.kind === 'vanish') cloud.vanish(name);
    else if (how.kind === 'image-pull') for (let times = 0; times < 3; times++) cloud.failPull(name);
    else cloud.evict(name);
  }

  print(name: string, lines: readonly string[]): void {
    for (const line of lines) this.cloud.print(name, line);
  }

  /** A GET is a look while the group is not there, and a description when it is. */
  protected override meets(on: Operation): ((call: Recorded) => boolean) | null {
    const there = (call: Recorded) => this.cloud.groups.has(call.path.split('/').at(-1) ?? '');
    if (on === 'look') return (call) => !there(call);
    return on === 'describe' ? there : null;
  }
}

/** Job variables with which a pool of the type runs in the fake. */
export function aciVariables(cloud: FakeAci): JsonObject {
  const [app] = cloud.entra.apps;
  return {
    aci_credentials: { tenant_id: app!.tenant, client_id: app!.clientId, client_secret: app!.secret },
    resource_group_name: 'flows',
    subscription_id: [...cloud.entra.subscriptions][0] ?? '',
  };
}

function viewOf(group: Group, name: string): ContainerView {
  const { life, spec } = group;
  return {
    name,
    at: { flowRunId: spec.tags[RUN_TAG], attempt: Number(spec.tags[ATTEMPT_TAG]) },
    phase: life.state === 'waiting' ? 'starting' : life.state === 'running' ? 'running' : 'ended',
    env: environmentOf(group),
    command: spec.properties.containers[0].properties.command,
    stopRequested: group.stoppingSince !== null || group.deletingSince !== null,
  };
}

/** What a container of a group does; terminated ones say how they ended. */
type Life =
  | { readonly state: 'waiting' }
  | { readonly state: 'running'; readonly since: Date }
  | {
      readonly state: 'terminated';
      readonly since: Date | null;
      readonly until: Date;
      readonly exitCode: number;
      readonly detail: string;
    };

export interface Group {
  readonly subscription: string;
  readonly resourceGroup: string;
  readonly name: string;
  /** The body of the PUT, secure values included. */
  // biome-ignore lint/suspicious/noExplicitAny: the vendor's own JSON
  readonly spec: any;
  readonly createdAt: Date;
  life: Life;
  /** How often containers of this name were started; a second PUT starts them again. */
  starts: number;
  provisioningState: string;
  groupState: string | null;
  events: { name: string; message: string; count: number; at: Date }[];
  output: { at: Date; text: string }[];
  stoppingSince: Date | null;
  deletingSince: Date | null;
}

/** The group as Azure shows it: with its state, without its secrets. */
// biome-ignore lint/suspicious/noExplicitAny: the vendor's own JSON
export function viewOf(group: Group): any {
  const { life, spec } = group;
  const currentState =
    life.state === 'waiting'
      ? { state: 'Waiting', detailStatus: 'ContainerCreating' }
      : life.state === 'running'
        ? { state: 'Running', startTime: life.since.toISOString(), detailStatus: '' }
        : {
            state: 'Terminated',
            ...(life.since && { startTime: life.since.toISOString() }),
            exitCode: life.exitCode,
            finishTime: life.until.toISOString(),
            detailStatus: life.detail,
          };
  const events = group.events.map(({ name, message, count, at }) => ({
    count,
    firstTimestamp: at.toISOString(),
    lastTimestamp: at.toISOString(),
    name,
    message,
    type: name === 'Failed' ? 'Warning' : 'Normal',
  }));
  // biome-ignore lint/suspicious/noExplicitAny: the vendor's own JSON
  const containers = spec.properties.containers.map((container: any) => ({
    name: container.name,
    properties: {
      ...container.properties,
      environmentVariables: (container.properties.environmentVariables ?? []).map(withoutSecret),
      instanceView: { restartCount: Math.max(0, group.starts - 1), currentState, events },
    },
  }));
  return {
    id: `/subscriptions/${group.subscription}/resourceGroups/${group.resourceGroup}/providers/Microsoft.ContainerInstance/containerGroups/${group.name}`,
    type: 'Microsoft.ContainerInstance/containerGroups',
    name: group.name,
    location: spec.location,
    tags: spec.tags ?? {},
    ...(spec.identity && { identity: spec.identity }),
    properties: {
      ...spec.properties,
      provisioningState: group.provisioningState,
      imageRegistryCredentials: (spec.properties.imageRegistryCredentials ?? []).map(withoutPassword),
      containers,
      instanceView: { events: [], state: group.groupState },
    },
  };
}

/** The environment that a container of the group sees. */
export function environmentOf(group: Group): Record<string, string> {
  const variables: { name: string; value?: string; secureValue?: string }[] =
    group.spec.properties.containers[0].properties.environmentVariables ?? [];
  return Object.fromEntries(variables.map(({ name, value, secureValue }) => [name, value ?? secureValue ?? '']));
}

const withoutSecret = ({ secureValue: _never, ...shown }: { secureValue?: string }) => shown;
const withoutPassword = ({ password: _never, ...shown }: { password?: string }) => shown;

/**
 * What a request body of `containerGroups` may hold, at API version 2023-05-01: ARM's published names. `{}` as a value takes anything,
 * `[x]` is a list of x, `'*'` as a key takes any name.
 */
export type Shape = { readonly [name: string]: Shape } | readonly [Shape];

const ANY: Shape = {};
const CONTAINER: Shape = {
  name: ANY,
  properties: {
    image: ANY,
    command: [ANY],
    ports: [{ protocol: ANY, port: ANY }],
    environmentVariables: [{ name: ANY, value: ANY, secureValue: ANY }],
    resources: {
      requests: { cpu: ANY, memoryInGB: ANY, gpu: { count: ANY, sku: ANY } },
      limits: { cpu: ANY, memoryInGB: ANY, gpu: { count: ANY, sku: ANY } },
    },
    volumeMounts: [{ name: ANY, mountPath: ANY, readOnly: ANY }],
    livenessProbe: ANY,
    readinessProbe: ANY,
    securityContext: ANY,
  },
};

export const CONTAINER_GROUP: Shape = {
  location: ANY,
  tags: { '*': ANY },
  zones: [ANY],
  identity: { type: ANY, userAssignedIdentities: { '*': { '*': ANY } } },
  properties: {
    containers: [CONTAINER],
    initContainers: ANY,
    imageRegistryCredentials: [{ server: ANY, username: ANY, password: ANY, identity: ANY, identityUrl: ANY }],
    restartPolicy: ANY,
    ipAddress: ANY,
    osType: ANY,
    volumes: ANY,
    diagnostics: ANY,
    subnetIds: [{ id: ANY, name: ANY }],
    dnsConfig: { nameServers: [ANY], searchDomains: ANY, options: ANY },
    sku: ANY,
    encryptionProperties: ANY,
    extensions: ANY,
    confidentialComputeProperties: ANY,
    priority: ANY,
  },
};

/** The paths of what is in `value` and not in `shape`. */
export function unknownPaths(value: unknown, shape: Shape, path = ''): string[] {
  if (Array.isArray(shape)) {
    if (!Array.isArray(value)) return [`${path} is no list`];
    return value.flatMap((item, at) => unknownPaths(item, (shape as readonly [Shape])[0], `${path}[${at}]`));
  }
  const fields = shape as Readonly<Record<string, Shape>>;
  if (Object.keys(fields).length === 0) return [];
  if (typeof value !== 'object' || value === null) return [`${path} is no object`];
  return Object.entries(value).flatMap(([name, item]) => {
    const known = fields[name] ?? fields['*'];
    return known ? unknownPaths(item, known, `${path}.${name}`) : [`${path}.${name}`];
  });
}

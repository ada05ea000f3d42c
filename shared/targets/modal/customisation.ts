import type { Json, JsonObject } from '../../domain/json/json.ts';
import type { JobReader } from '../parse.ts';

const KEY = 'sandbox_definition';

type Kind = 'object' | 'list' | 'number' | 'text' | 'boolean';

/** Fields of the protocol's `Sandbox` that no variable sets, as its JSON spells them, and what each holds. */
const FIELDS: Readonly<Record<string, Kind>> = {
  cloudBucketMounts: 'list',
  customDomain: 'text',
  enableSnapshot: 'boolean',
  experimentalOptionsV2: 'object',
  i6pnEnabled: 'boolean',
  idleTimeoutSecs: 'number',
  inboundCidrAllowlist: 'list',
  includeX509Svid: 'boolean',
  mountIds: 'list',
  networkAccess: 'object',
  nfsMounts: 'list',
  openPorts: 'object',
  outboundPolicy: 'object',
  proxyId: 'text',
  resources: 'object',
  runtime: 'text',
  s3Mounts: 'list',
  schedulerPlacement: 'object',
  verbose: 'boolean',
  volumeMounts: 'list',
};

/** What `sandbox_definition` of a customised job configuration adds to the sandbox; its problems go to `read`. */
export function customisationOf(read: JobReader, job: JsonObject): JsonObject {
  const given = read.object(job, KEY) ?? {};
  const added: JsonObject = {};
  for (const [name, value] of Object.entries(given)) {
    const path = `${KEY}.${name}`;
    if (!Object.hasOwn(FIELDS, name)) {
      read.problem(path, `is not passed on to Modal. These are: ${Object.keys(FIELDS).join(', ')}.`);
      continue;
    }
    const checked: Json = read[FIELDS[name]!](given, name, path);
    if (checked !== null && value !== null) added[name] = checked;
  }
  return added;
}

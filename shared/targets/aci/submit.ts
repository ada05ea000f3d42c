import type { ContainerGroup } from '@azure/arm-containerinstance';
import { isJsonObject, type Json, type JsonObject } from '../../domain/json/json.ts';
import type { Attempt, AttemptId, Job, Ref, Submitted } from '../target.ts';
import { TargetError } from '../target-error.ts';
import type { Aci, GroupView, Opened } from './aci.ts';
import { LOCATION, named } from './arm-template.ts';
import { locationOf } from './client.ts';
import { ATTEMPT_TAG, groupName, RUN_TAG, refOf } from './names.ts';

/** Resource groups do not move: known for the life of the process. */
const locations = new Map<string, string>();

/**
 * Puts the container group itself, under a name derived from the attempt. A group that is put again starts its containers
 * again, so it is always looked for first, and an answer that was lost is looked for, too (targets.md 2.2).
 */
export async function submitGroup(aci: Aci, rawJob: Job, at: Attempt): Promise<Submitted> {
  const opened = aci.open(rawJob);
  const { job } = opened;
  const name = groupName(at, at.run.flowName);
  const there = await opened.get(name);
  if (there) return { ref: refOf(job, at, name, containerOf(there), null), adopted: true, warnings: job.warnings };
  const group = withTags(named(job.group, name, await location(opened)), at);
  await put(opened, name, group);
  const container = firstContainer(group);
  return { ref: refOf(job, at, name, container, aci.now().toISOString()), adopted: false, warnings: job.warnings };
}

/** What an earlier submission of this attempt made. */
export async function findGroup(aci: Aci, rawJob: Job, at: Attempt): Promise<Ref | null> {
  const opened = aci.open(rawJob);
  const name = groupName(at, at.run.flowName);
  const there = await opened.get(name);
  return there ? refOf(opened.job, at, name, containerOf(there), null) : null;
}

async function location(opened: Opened): Promise<string> {
  const { job, client } = opened;
  const given = job.group['location'];
  if (typeof given === 'string' && given !== LOCATION) return given;
  const key = `${job.subscriptionId}/${job.resourceGroup}`;
  const known = locations.get(key) ?? (await opened.read(() => locationOf(client.sdk, job)));
  locations.set(key, known);
  return known;
}

async function put({ client, job, errorOf }: Opened, name: string, group: JsonObject): Promise<void> {
  client.expect(name, group);
  let taken = false;
  try {
    await client.sdk.containerGroups.beginCreateOrUpdate(job.resourceGroup, name, flattened(group), {
      onResponse: ({ request, status }) => {
        taken ||= request.method === 'PUT' && status < 300;
      },
    });
  } catch (thrown) {
    // Azure has the group; only the look at the operation, which nobody needs, went wrong.
    if (taken) return;
    const error = errorOf(thrown);
    // Whatever went wrong on Azure's side may have come after the group was made.
    throw error.kind === 'transient' ? new TargetError('unknown-outcome', error.message, { cause: thrown }) : error;
  }
}

const withTags = (group: JsonObject, at: AttemptId): JsonObject => ({
  ...group,
  tags: { ...object(group['tags']), [RUN_TAG]: at.flowRunId, [ATTEMPT_TAG]: String(at.attempt) },
});

/** ARM's JSON as the SDK takes it: what stands under `properties` one level up. */
function flattened({ properties, ...rest }: JsonObject): ContainerGroup {
  const group = { ...rest, ...object(properties) };
  const up = (item: Json): Json => {
    const { properties: inner, ...outer } = object(item);
    return { ...outer, ...object(inner) };
  };
  for (const list of ['containers', 'initContainers', 'extensions']) {
    const items = group[list];
    if (Array.isArray(items)) group[list] = items.map(up);
  }
  return group as unknown as ContainerGroup;
}

const containerOf = ({ containers }: GroupView): string => containers[0]?.name ?? '';

function firstContainer(group: JsonObject): string {
  const containers = object(group['properties'])['containers'];
  const [first] = Array.isArray(containers) ? containers : [];
  return String(object(first)['name'] ?? '');
}

const object = (value: Json | undefined): JsonObject => (isJsonObject(value) ? value : {});

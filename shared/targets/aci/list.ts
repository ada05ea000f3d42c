import type { Job, Listed, Ref } from '../target.ts';
import type { Aci, Opened } from './aci.ts';
import { observationOf } from './describe.ts';
import { ATTEMPT_TAG, RUN_TAG, refOf } from './names.ts';

/** How many groups are looked at together. */
const AT_ONCE = 8;

/**
 * Azure's list of groups leaves out how their containers are, so each known group is looked at by itself, and the list is asked
 * only for what is not known.
 */
export async function listGroups(aci: Aci, rawJob: Job, known: readonly Ref[]): Promise<Listed[]> {
  const opened = known[0] ? aci.openFor(rawJob, known[0]) : aci.open(rawJob);
  const refs = known.length > 0 ? known : await ours(opened);
  const found: Listed[] = [];
  for (let from = 0; from < refs.length; from += AT_ONCE) {
    const part = refs.slice(from, from + AT_ONCE);
    const views = await Promise.all(part.map((ref) => opened.get(ref.key['group'] ?? '')));
    for (const [place, view] of views.entries()) {
      const ref = part[place];
      if (!view || !ref) continue;
      const at = { flowRunId: ref.key['flowRunId'] ?? '', attempt: Number(ref.key['attempt'] ?? 1) };
      found.push({ ref, at, observation: observationOf(view, ref.key['container'] ?? '') });
    }
  }
  return found;
}

/** Every group of the resource group that bears our tags. */
async function ours(opened: Opened): Promise<Ref[]> {
  const { job, client, read } = opened;
  return read(async () => {
    const refs: Ref[] = [];
    for await (const { name = '', tags = {}, containers } of client.sdk.containerGroups.listByResourceGroup(
      job.resourceGroup,
    )) {
      const flowRunId = tags[RUN_TAG];
      if (!flowRunId) continue;
      const at = { flowRunId, attempt: Number(tags[ATTEMPT_TAG] ?? 1) };
      refs.push(refOf(job, at, name, containers[0]?.name ?? '', null));
    }
    return refs;
  });
}

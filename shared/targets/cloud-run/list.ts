import type { Listed, Job as PoolJob, Ref } from '../target.ts';
import type { CloudRun, Opened } from './cloud-run.ts';
import { observe } from './describe.ts';
import { ATTEMPT_LABEL, parentOf, RUN_LABEL, refOf, shortName, startToken } from './names.ts';

/** How many executions are looked at together; a region allows 3,000 reads a minute. */
const AT_ONCE = 8;

/** Each known execution by itself: a list of a region's executions would be as long as its history. */
export async function listExecutions(run: CloudRun, given: PoolJob, known: readonly Ref[]): Promise<Listed[]> {
  const opened = run.open(given);
  const refs = known.length > 0 ? known : await ours(opened);
  const found: Listed[] = [];
  for (let from = 0; from < refs.length; from += AT_ONCE) {
    const part = refs.slice(from, from + AT_ONCE);
    const seen = await Promise.all(part.map((ref) => observe(opened, ref)));
    for (const [place, observation] of seen.entries()) {
      const ref = part[place];
      if (!ref || !observation) continue;
      const at = { flowRunId: ref.key['flowRunId'] ?? '', attempt: Number(ref.key['attempt'] ?? 1) };
      found.push({ ref, at, observation });
    }
  }
  return found;
}

/** Every job of the region that bears our labels. */
async function ours({ job, client, read }: Opened): Promise<Ref[]> {
  const parent = parentOf({ project: job.credentials.project, region: job.region });
  const jobs = await read(() => client.listJobs(parent));
  return jobs.flatMap(({ name, labels, latestCreatedExecution }) => {
    const flowRunId = labels?.[RUN_LABEL];
    if (!flowRunId) return [];
    const at = { flowRunId, attempt: Number(labels?.[ATTEMPT_LABEL] ?? 1) };
    const id = shortName(name);
    return [refOf(job, at, id, shortName(latestCreatedExecution?.name) || `${id}-${startToken(at)}`)];
  });
}

import type { LogLine, Job as PoolJob, Ref } from '../target.ts';
import type { LogEntry } from './client.ts';
import type { CloudRun } from './cloud-run.ts';

const MOST_ENTRIES = 1000;

/**
 * The last lines as Cloud Logging has them, 5 to 20 s behind. Without `roles/logging.viewer`, which Prefect's provisioner does not
 * grant, there are none: a message without its last lines is better than a run that hangs on them.
 */
export async function logsOfExecution(run: CloudRun, given: PoolJob, { key }: Ref, tail: number): Promise<LogLine[]> {
  const { client, read } = run.open(given);
  const filter = [
    'resource.type="cloud_run_job"',
    `resource.labels.job_name="${key['job']}"`,
    ...(key['execution'] ? [`labels."run.googleapis.com/execution_name"="${key['execution']}"`] : []),
  ];
  const body = {
    resourceNames: [`projects/${key['project']}`],
    filter: filter.join(' AND '),
    orderBy: 'timestamp desc',
    pageSize: Math.min(tail, MOST_ENTRIES),
  };
  try {
    const entries = await read(() => client.listLogEntries(body));
    return entries.toReversed().map(lineOf);
  } catch {
    return []; // as promised above
  }
}

function lineOf({ timestamp, textPayload, jsonPayload }: LogEntry): LogLine {
  const message = jsonPayload?.['message'];
  const text = textPayload ?? (typeof message === 'string' ? message : JSON.stringify(jsonPayload ?? {}));
  return { timestamp: timestamp ?? null, text: text.replace(/\r?\n$/, '') };
}

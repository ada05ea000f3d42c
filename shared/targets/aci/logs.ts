import type { Job, LogLine, Ref } from '../target.ts';
import type { Aci } from './aci.ts';

const STAMPED = /^(\d{4}-\d\d-\d\dT[\d:.]+Z?(?:[+-]\d\d:\d\d)?) (.*)$/s;

/**
 * The last lines that Azure keeps of a container, as long as its group is there. A group that has not started, or output that
 * Azure does not give, has none: a message without its last lines is better than a run that hangs on them.
 */
export async function logsOfGroup(aci: Aci, rawJob: Job, ref: Ref, tail: number): Promise<LogLine[]> {
  const { job, client, read } = aci.openFor(rawJob, ref);
  const { group = '', container = '' } = ref.key;
  const { containers } = client.sdk;
  try {
    const { content = '' } = await read(() =>
      containers.listLogs(job.resourceGroup, group, container, { tail, timestamps: true }),
    );
    const lines = content.split('\n');
    if (lines.at(-1) === '') lines.pop();
    return lines.slice(-tail).map(lineOf);
  } catch {
    return []; // as promised above
  }
}

function lineOf(line: string): LogLine {
  const [, timestamp = null, text = line] = STAMPED.exec(line) ?? [];
  return { timestamp, text: text.replace(/\r$/, '') };
}

import { type CloudWatchLogsClient, GetLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import type { LogLine, Ref } from '../target.ts';
import { ecsError } from './errors.ts';

/** The end of the container's stream in CloudWatch; empty when the task writes no logs there, or none yet. */
export async function taskLogs(logs: CloudWatchLogsClient, ref: Ref, tail: number): Promise<LogLine[]> {
  const { log_group, log_prefix, container, task = '' } = ref.key;
  if (!log_group || !log_prefix || !container) return [];
  try {
    const answer = await logs.send(
      new GetLogEventsCommand({
        logGroupName: log_group,
        logStreamName: `${log_prefix}/${container}/${task.split('/').at(-1)}`,
        limit: tail,
        startFromHead: false,
      }),
    );
    return (answer.events ?? []).map(({ timestamp, message = '' }) => ({
      timestamp: timestamp === undefined ? null : new Date(timestamp).toISOString(),
      text: message,
    }));
  } catch (error) {
    if ((error as Error).name === 'ResourceNotFoundException') return [];
    throw ecsError(error, 'GetLogEvents');
  }
}

import {
  CreateScheduleCommand,
  type CreateScheduleCommandInput,
  DeleteScheduleCommand,
  type SchedulerClient,
  UpdateScheduleCommand,
} from '@aws-sdk/client-scheduler';
import { TransientError } from '../../../shared/domain/errors.ts';
import type { Timers } from '../../../shared/ports/timers.ts';
import { awsCron } from './aws-cron.ts';
import { awsError, awsErrorName } from './aws-errors.ts';

export interface SchedulerSettings {
  readonly group: string;
  readonly roleArn: string;
  readonly deadLetterArn: string;
  /** A function's ARN up to its short name. */
  readonly functionArnPrefix: string;
}

/** Rule 16: a firing that could not be delivered for this long is of no use any more; the repair finds what it was for. */
export const MAX_EVENT_AGE_SECONDS = 300;
/** The next firing of a repeated timer makes a late one needless. */
export const REPEATED_EVENT_AGE_SECONDS = 60;
export const MAX_RETRIES = 2;

/** Schedules of EventBridge Scheduler: one-shot ones that delete themselves, and repeated ones; they fire up to 59 s late. */
export function schedulerTimers(client: SchedulerClient, settings: SchedulerSettings): Timers {
  const target = (functionName: string, payload: Record<string, unknown>, maxAgeSeconds: number) => ({
    Arn: functionName.startsWith('arn:') ? functionName : `${settings.functionArnPrefix}${functionName}`,
    RoleArn: settings.roleArn,
    Input: JSON.stringify(payload),
    RetryPolicy: { MaximumEventAgeInSeconds: maxAgeSeconds, MaximumRetryAttempts: MAX_RETRIES },
    DeadLetterConfig: { Arn: settings.deadLetterArn },
  });
  const common = { GroupName: settings.group, FlexibleTimeWindow: { Mode: 'OFF' } } as const;
  return {
    set(name, at, functionName, payload) {
      return createOrMove(client, {
        ...common,
        Name: name,
        ScheduleExpression: `at(${wholeSecond(at)})`,
        ScheduleExpressionTimezone: 'UTC',
        ActionAfterCompletion: 'DELETE',
        Target: target(functionName, payload, MAX_EVENT_AGE_SECONDS),
      });
    },
    repeat(name, everySeconds, functionName, payload) {
      const minutes = Math.max(1, Math.round(everySeconds / 60));
      return createOrMove(client, {
        ...common,
        Name: name,
        ScheduleExpression: minutes === 1 ? 'rate(1 minute)' : `rate(${minutes} minutes)`,
        Target: target(functionName, payload, REPEATED_EVENT_AGE_SECONDS),
      });
    },
    repeatAt(name, cron, functionName, payload) {
      return createOrMove(client, {
        ...common,
        Name: name,
        ScheduleExpression: awsCron(cron),
        ScheduleExpressionTimezone: cron.timezone ?? 'UTC',
        Target: target(functionName, payload, MAX_EVENT_AGE_SECONDS),
      });
    },
    async cancel(name) {
      try {
        await client.send(new DeleteScheduleCommand({ Name: name, GroupName: settings.group }));
      } catch (error) {
        if (awsErrorName(error) !== 'ResourceNotFoundException') throw awsError(error, 'DeleteSchedule');
      }
    },
  };
}

async function createOrMove(client: SchedulerClient, schedule: CreateScheduleCommandInput): Promise<void> {
  try {
    await client.send(new CreateScheduleCommand(schedule));
  } catch (error) {
    if (awsErrorName(error) !== 'ConflictException') throw awsError(error, 'CreateSchedule');
    await move(client, schedule);
  }
}

/** It fired and deleted itself between the two calls: then the caller sets it anew. */
async function move(client: SchedulerClient, schedule: CreateScheduleCommandInput): Promise<void> {
  try {
    await client.send(new UpdateScheduleCommand(schedule));
  } catch (error) {
    if (awsErrorName(error) === 'ResourceNotFoundException') {
      throw new TransientError('timer-fired', `The timer ${schedule.Name} fired while it was moved.`, { cause: error });
    }
    throw awsError(error, 'UpdateSchedule');
  }
}

/** `at()` knows no fractions: the next whole second, so that nothing fires before its time. */
function wholeSecond(at: Date): string {
  return new Date(Math.ceil(at.getTime() / 1000) * 1000).toISOString().slice(0, 19);
}

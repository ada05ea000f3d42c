import {
  DescribeExecutionCommand,
  type HistoryEvent,
  paginateGetExecutionHistory,
  SendTaskSuccessCommand,
  type SFNClient,
  StartExecutionCommand,
} from '@aws-sdk/client-sfn';
import type { LifecycleEngine } from '../../../shared/ports/lifecycle-engine.ts';
import { awsError, awsErrorName } from './aws-errors.ts';

/** Answered, timed out, or never ours: whoever waited is no longer there (rule 1 counts that as delivered). */
const GONE = new Set(['TaskDoesNotExist', 'TaskTimedOut', 'InvalidToken']);

/**
 * The lifecycle on AWS Step Functions. Names stay taken for 90 days; the same name with the same input while it runs is
 * answered as a success, which is what `start` promises.
 */
export function sfnEngine(client: SFNClient, stateMachineArn: string): LifecycleEngine {
  const executionArn = (name: string) => `${stateMachineArn.replace(':stateMachine:', ':execution:')}:${name}`;
  return {
    async start(name, input) {
      try {
        await client.send(new StartExecutionCommand({ stateMachineArn, name, input: JSON.stringify(input) }));
        return 'started';
      } catch (error) {
        if (awsErrorName(error) === 'ExecutionAlreadyExists') return 'already-exists';
        throw awsError(error, 'StartExecution');
      }
    },
    async describe(name) {
      try {
        const execution = await client.send(new DescribeExecutionCommand({ executionArn: executionArn(name) }));
        return execution.status === 'RUNNING' || execution.status === 'PENDING_REDRIVE' ? 'running' : 'closed';
      } catch (error) {
        if (awsErrorName(error) === 'ExecutionDoesNotExist') return 'unknown';
        throw awsError(error, 'DescribeExecution');
      }
    },
    async transitions(name) {
      const asked = { executionArn: executionArn(name), includeExecutionData: false, maxResults: 1000 };
      try {
        let transitions = 0;
        for await (const { events = [] } of paginateGetExecutionHistory({ client }, asked)) {
          transitions += billedTransitions(events);
        }
        return transitions;
      } catch (error) {
        if (awsErrorName(error) === 'ExecutionDoesNotExist') return null;
        throw awsError(error, 'GetExecutionHistory');
      }
    },
    async signal(token, output) {
      try {
        await client.send(new SendTaskSuccessCommand({ taskToken: token, output: JSON.stringify(output) }));
        return 'delivered';
      } catch (error) {
        if (GONE.has(awsErrorName(error))) return 'gone';
        throw awsError(error, 'SendTaskSuccess');
      }
    },
  };
}

/** The start, every state entered, and every further attempt of a task, which its history shows as scheduled once more. */
function billedTransitions(events: readonly HistoryEvent[]): number {
  const count = (matches: (type: string) => boolean) => events.filter(({ type = '' }) => matches(type)).length;
  const retries = count((type) => type === 'TaskScheduled') - count((type) => type === 'TaskStateEntered');
  return count((type) => type === 'ExecutionStarted' || type.endsWith('StateEntered')) + retries;
}

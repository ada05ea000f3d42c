import { type EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { TransientError } from '../../../shared/domain/errors.ts';
import { EVENT_SOURCE, type EventBus, STATE_CHANGE } from '../../../shared/ports/event-bus.ts';
import { awsError } from './aws-errors.ts';

/** The bus of the stack. EventBridge answers 200 also for an entry that it did not take. */
export function eventBridgeBus(client: EventBridgeClient, busName: string): EventBus {
  return {
    async put(change) {
      const entry = {
        EventBusName: busName,
        Source: EVENT_SOURCE,
        DetailType: STATE_CHANGE,
        Time: new Date(change.state.timestamp),
        Resources: [change.flow_run.id],
        Detail: JSON.stringify(change),
      };
      const answer = await client.send(new PutEventsCommand({ Entries: [entry] })).catch((error: unknown) => {
        throw awsError(error, 'PutEvents');
      });
      const [refused] = answer.FailedEntryCount ? (answer.Entries ?? []) : [];
      if (refused) {
        const message = `EventBridge did not take an event: ${refused.ErrorCode}: ${refused.ErrorMessage}`;
        throw new TransientError('event-refused', message);
      }
    },
  };
}

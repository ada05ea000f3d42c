import {
  type ApiGatewayManagementApiClient,
  DeleteConnectionCommand,
  GetConnectionCommand,
  PostToConnectionCommand,
} from '@aws-sdk/client-apigatewaymanagementapi';
import type { Realtime } from '../../../shared/ports/realtime.ts';
import { awsError, awsErrorName } from './aws-errors.ts';

/** Open sockets of the WebSocket API. A connection that has closed answers 410, `GoneException`. */
export function apiGatewayRealtime(client: ApiGatewayManagementApiClient): Realtime {
  return {
    async post(connectionId, message) {
      try {
        await client.send(new PostToConnectionCommand({ ConnectionId: connectionId, Data: Buffer.from(message) }));
        return 'sent';
      } catch (error) {
        if (awsErrorName(error) === 'GoneException') return 'gone';
        throw awsError(error, 'PostToConnection');
      }
    },
    async close(connectionId) {
      try {
        await client.send(new DeleteConnectionCommand({ ConnectionId: connectionId }));
      } catch (error) {
        if (awsErrorName(error) !== 'GoneException') throw awsError(error, 'DeleteConnection');
      }
    },
    async isOpen(connectionId) {
      try {
        await client.send(new GetConnectionCommand({ ConnectionId: connectionId }));
        return true;
      } catch (error) {
        if (awsErrorName(error) === 'GoneException') return false;
        throw awsError(error, 'GetConnection');
      }
    },
    // DeleteConnection knows the code 1000 alone, which clients take for the end.
    renew: async () => false,
  };
}

import { DynamoDBClient, type GetItemCommand } from '@aws-sdk/client-dynamodb';
import { ensureTable } from '../infra/local/database.ts';
import { askHere, type EngineClient, engineClient } from '../infra/local/database-client.ts';
import { openEngine } from '../infra/local/database-engine.ts';
import { Table, type TableOptions } from '../shared/store/table.ts';

/**
 * A DynamoDB engine of one's own, in memory, with the table made: that of the local home. `DYNAMODB_ENDPOINT` puts another engine in
 * its place, asked with the SDK's own client.
 */
export async function embeddedTable(
  options: TableOptions & { readonly awaited?: <T>(label: string, work: () => Promise<T>) => Promise<T> } = {},
): Promise<{ table: Table; close: () => Promise<void> }> {
  const given = process.env['DYNAMODB_ENDPOINT'];
  const { client, close } = given ? sdkClient(given) : await ownEngine();
  const { awaited } = options;
  const name = `pushpool-${crypto.randomUUID()}`;
  await ensureTable(client, name);
  return { table: new Table(awaited ? inTurn(client, awaited) : client, name, options), close };
}

function sdkClient(endpoint: string): { client: EngineClient; close: () => Promise<void> } {
  const client = new DynamoDBClient({
    endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  });
  return { client, close: async () => client.destroy() };
}

async function ownEngine(): Promise<{ client: EngineClient; close: () => Promise<void> }> {
  const engine = await openEngine();
  return { client: engineClient(askHere(engine)), close: () => engine.close() };
}

function inTurn(client: EngineClient, awaited: <T>(label: string, work: () => Promise<T>) => Promise<T>): EngineClient {
  const send = (command: GetItemCommand) => awaited(`table ${command.constructor.name}`, () => client.send(command));
  return { send } as unknown as EngineClient;
}

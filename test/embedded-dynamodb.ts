import type { AddressInfo } from 'node:net';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import dynalite from 'dynalite';
import { ensureTable } from '../infra/local/database.ts';
import { Table, type TableOptions } from '../shared/store/table.ts';

/** A DynamoDB engine of one's own, in memory, with the table made. `DYNAMODB_ENDPOINT` puts another engine in its place. */
export async function embeddedTable(
  options: TableOptions & { readonly awaited?: <T>(label: string, work: () => Promise<T>) => Promise<T> } = {},
): Promise<{ table: Table; close: () => Promise<void> }> {
  const given = process.env['DYNAMODB_ENDPOINT'];
  const server = given ? null : dynalite({ createTableMs: 0, deleteTableMs: 0, updateTableMs: 0 });
  if (server) await new Promise<void>((done) => server.listen(0, '127.0.0.1', () => done()));
  const endpoint = given ?? `http://127.0.0.1:${(server!.address() as AddressInfo).port}`;
  const client = new DynamoDBClient({
    endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  });
  const { awaited } = options;
  if (awaited) {
    client.middlewareStack.add((next, context) => (args) => awaited(`table ${context.commandName}`, () => next(args)), {
      step: 'initialize',
    });
  }
  const name = `pushpool-${crypto.randomUUID()}`;
  await ensureTable(client, name);
  return {
    table: new Table(client, name, options),
    close: async () => {
      client.destroy();
      if (server) await new Promise<void>((done) => server.close(() => done()));
    },
  };
}

import type { DynamoDBStreamEvent } from 'aws-lambda';
import type { App } from '../../shared/operations/app.ts';
import { repairItem } from '../../shared/operations/repair.ts';

/** The stream of items that owe an effect (rule 2): does what is still owed. Doubled and late records are harmless. */
export function createRepairHandler(app: App) {
  return async (event: DynamoDBStreamEvent): Promise<void> => {
    for (const record of event.Records) {
      const key = record.dynamodb?.Keys;
      if (key?.['pk']?.S && key['sk']?.S) await repairItem(app, { pk: key['pk'].S, sk: key['sk'].S });
    }
  };
}

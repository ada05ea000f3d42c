import { createRepairHandler } from '../../../functions/triggers/repair.ts';
import { awsApp } from '../runtime/app.ts';

export const handler = createRepairHandler(await awsApp());

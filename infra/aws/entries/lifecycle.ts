import { createLifecycleHandler } from '../../../functions/lifecycle/handler.ts';
import { awsApp } from '../runtime/app.ts';

export const handler = createLifecycleHandler(await awsApp());

import { createRealtimeHandler } from '../../../functions/realtime/handler.ts';
import { awsApp } from '../runtime/app.ts';

export const handler = createRealtimeHandler(await awsApp());

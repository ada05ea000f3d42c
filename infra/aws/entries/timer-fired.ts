import { createTimerFiredHandler } from '../../../functions/triggers/timer-fired.ts';
import { awsApp } from '../runtime/app.ts';

export const handler = createTimerFiredHandler(await awsApp());

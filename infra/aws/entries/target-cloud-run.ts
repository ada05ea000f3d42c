import { createTargetHandler } from '../../../functions/targets/handler.ts';
import { targetNotYetAvailable } from '../../../shared/targets/not-yet.ts';
import { awsApp } from '../runtime/app.ts';

export const handler = createTargetHandler(await awsApp(), targetNotYetAvailable('Google Cloud Run'));

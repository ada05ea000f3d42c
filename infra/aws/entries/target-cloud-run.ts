import { createTargetHandler } from '../../../functions/targets/handler.ts';
import { createCloudRunTarget } from '../../../shared/targets/cloud-run/target.ts';
import { awsApp } from '../runtime/app.ts';

export const handler = createTargetHandler(await awsApp(), createCloudRunTarget());

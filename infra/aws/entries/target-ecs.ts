import { createTargetHandler } from '../../../functions/targets/handler.ts';
import { ecsDefinitions } from '../../../shared/operations/work-pools/ecs-definitions.ts';
import { createEcsTarget } from '../../../shared/targets/ecs/target.ts';
import { awsApp } from '../runtime/app.ts';

const app = await awsApp();

export const handler = createTargetHandler(app, createEcsTarget({ definitions: ecsDefinitions(app) }));

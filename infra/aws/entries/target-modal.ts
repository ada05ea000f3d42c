import { createTargetHandler } from '../../../functions/targets/handler.ts';
import { createModalTarget } from '../../../shared/targets/modal/target.ts';
import { awsApp } from '../runtime/app.ts';

export const handler = createTargetHandler(await awsApp(), createModalTarget());

import { createRunDeploymentHandler } from '../../../functions/triggers/run-deployment.ts';
import { awsApp } from '../runtime/app.ts';

export const handler = createRunDeploymentHandler(await awsApp());

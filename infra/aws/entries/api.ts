import type { APIGatewayProxyEventV2, Context } from 'aws-lambda';
import { createApiHandler } from '../../../functions/api/handler.ts';
import { awsApp } from '../runtime/app.ts';
import { UNAVAILABLE, UNAVAILABLE_PATH } from '../unavailable.ts';

const api = createApiHandler(await awsApp());

/** The API function. Beside Prefect's API it serves the page that CloudFront shows when the function fails (rule 27). */
export const handler = async (event: APIGatewayProxyEventV2, context: Context) =>
  event.rawPath === UNAVAILABLE_PATH ? UNAVAILABLE : api(event, context);

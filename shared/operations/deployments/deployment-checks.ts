import type { DeploymentUpdate } from '../../api/schemas/deployments.ts';
import type { Deployment } from '../../domain/deployment.ts';
import { ClientError } from '../../domain/errors.ts';
import type { JsonObject } from '../../domain/json/json.ts';
import { validateAgainstSchema, violationSentence } from '../../domain/json/json-schema.ts';
import { HydrationError } from '../../domain/parameters/hydration.ts';
import type { App } from '../app.ts';
import { hydrateWithVariables } from './hydrate-parameters.ts';

/** Throws 409 when a body names a block that does not exist. */
export async function checkBlocks(
  app: App,
  body: { infrastructure_document_id?: string | null | undefined; storage_document_id?: string | null | undefined },
  doing: 'creating' | 'updating' = 'creating',
): Promise<void> {
  for (const kind of ['infrastructure', 'storage'] as const) {
    const id = body[`${kind}_document_id`];
    if (!id || (await app.store.blockDocuments.get(id))) continue;
    throw new ClientError(
      'conflict',
      `Error ${doing} deployment. Could not find ${kind} block with id: ${id}. This usually occurs when applying a ` +
        'deployment specification that was built against a different Prefect database / workspace.',
    );
  }
}

/** Values for the parameters of a PATCH. Throws 400 for those that have none. */
export async function hydrateUpdatedParameters(app: App, parameters: JsonObject): Promise<JsonObject> {
  try {
    return await hydrateWithVariables(app, parameters);
  } catch (error) {
    if (!(error instanceof HydrationError)) throw error;
    throw new ClientError('malformed', `Error hydrating deployment parameters: ${error.message}`, { cause: error });
  }
}

/** Throws 409 when the parameters after a PATCH do not fit the schema after it; what is missing may come with a run. */
export function checkUpdatedParameters(
  stored: Deployment,
  body: Pick<DeploymentUpdate, 'enforce_parameter_schema' | 'parameter_openapi_schema'>,
  parameters: JsonObject | null,
): void {
  if (!(body.enforce_parameter_schema ?? stored.enforce_parameter_schema)) return;
  const filled = Object.keys(body.parameter_openapi_schema ?? {}).length > 0;
  const schema = filled ? body.parameter_openapi_schema : stored.parameter_openapi_schema;
  if (!schema) {
    throw new ClientError(
      'conflict',
      'Error updating deployment: Cannot update parameters because parameter schema enforcement is enabled and the ' +
        'deployment does not have a valid parameter schema.',
    );
  }
  const violations = validateAgainstSchema(schema, parameters ?? stored.parameters, { ignoreRequired: true });
  const sentence = violationSentence(violations);
  if (sentence) throw new ClientError('conflict', `Error updating deployment: ${sentence}`);
}

import * as z from 'zod/mini';
import { jsonObject, tags } from './values.ts';

/** What the run-deployment function is asked for. Unknown keys are refused: nobody looks at an answer that could warn of them. */
export const runDeploymentInput = z.strictObject({
  /** `flow name/deployment name`, or the deployment's id. */
  deployment: z.string().check(z.minLength(1)),
  name: z.optional(z.string()),
  parameters: z._default(jsonObject, {}),
  tags: z._default(tags, []),
  job_variables: z._default(jsonObject, {}),
  /** The same key of the same flow makes no second run. The event's own id when absent. */
  idempotency_key: z.optional(z.string().check(z.minLength(1))),
});
export type RunDeploymentInput = z.infer<typeof runDeploymentInput>;

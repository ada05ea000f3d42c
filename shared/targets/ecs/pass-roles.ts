import { isJsonObject, type JsonObject } from '../../domain/json/json.ts';
import type { JobReader } from '../parse.ts';
import type { AwsCredentials } from './aws-credentials.ts';

/** Roles of this path are made for tasks: every home may hand them on. */
const OURS = /:role\/pushpool\//;

/**
 * Rule 30: a home's own role hands only roles of its own path, and those that the operator has listed, to tasks. AWS would say so to
 * each run; here it is said to who saves the pool. Keys or a role of another account have rights of their own.
 */
export function checkRoles(
  read: JobReader,
  job: JsonObject,
  credentials: AwsCredentials,
  passRoles: readonly string[] | undefined,
): void {
  if (!passRoles || credentials.accessKeyId || credentials.assumeRole) return;
  const definition = objectAt(job, 'task_definition');
  const overrides = objectAt(objectAt(job, 'task_run_request'), 'overrides');
  const roles = {
    execution_role_arn: [definition['executionRoleArn'], overrides['executionRoleArn']],
    task_role_arn: [definition['taskRoleArn'], overrides['taskRoleArn']],
  };
  for (const [variable, arns] of Object.entries(roles)) {
    for (const arn of new Set(arns)) {
      if (typeof arn !== 'string' || arn === '' || OURS.test(arn) || passRoles.includes(arn)) continue;
      read.problem(
        variable,
        `${arn} is a role that this pushpool may not give to tasks. Take one under /pushpool/, or deploy with -c passRoles=${arn}, or give the pool credentials of its own.`,
      );
    }
  }
}

function objectAt(from: JsonObject, key: string): JsonObject {
  const value = from[key];
  return isJsonObject(value) ? value : {};
}

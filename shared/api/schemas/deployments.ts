import * as z from 'zod/mini';
import { schemaProblem, validateAgainstSchema, violationSentence } from '../../domain/json/json-schema.ts';
import { deploymentFilter, filterBodySortedLast, paginateBodySortedLast } from './filters.ts';
import { flowRunPolicy } from './flow-runs.ts';
import { parameters } from './parameters.ts';
import { deploymentScheduleCreate, deploymentScheduleUpdate } from './schedules.ts';
import { stateCreate } from './states.ts';
import {
  datetime,
  flag,
  integer,
  jsonObject,
  labels,
  nameOrEmpty,
  pageLimit,
  runName,
  seconds,
  tags,
  uuid,
} from './values.ts';

const text = z.nullish(z.string());
const id = z.nullish(uuid);
const positive = integer.check(z.gt(0));

const concurrencyOptions = z.nullish(
  z.object({
    collision_strategy: z.enum(['ENQUEUE', 'CANCEL_NEW']),
    grace_period_seconds: z._default(z.nullable(integer.check(z.gte(60), z.lte(86_400))), null),
  }),
);

interface Checked<Body> {
  value: Body;
  issues: z.core.$ZodRawIssue[];
}

/** Looked at when all else is right, as by Prefect. */
function checkName({ value, issues }: Checked<{ name: string }>) {
  if (issues.length > 0) return;
  const problem = nameOrEmpty.safeParse(value.name).error?.issues[0];
  if (problem) issues.push({ ...problem, path: ['name'], input: value.name } as z.core.$ZodRawIssue);
}

/** A deployment has its own limit or a shared one. */
function checkLimits({
  value,
  issues,
}: Checked<{ concurrency_limit?: unknown; global_concurrency_limit_id?: unknown }>) {
  if (value.concurrency_limit && value.global_concurrency_limit_id) {
    const message = 'A deployment cannot have both a concurrency limit and a global concurrency limit.';
    issues.push({ code: 'custom', message, input: value });
  }
}

/** Only a body that itself says `enforce_parameter_schema` is held to its schema here; what is missing may come with a run. */
function checkParameters({ value, issues }: Checked<z.infer<typeof createFields>>) {
  const { parameter_openapi_schema: schema, parameters: given } = value;
  if (!value.enforce_parameter_schema || !schema) return;
  const problem = schemaProblem(schema);
  const message =
    problem === null
      ? violationSentence(validateAgainstSchema(schema, given, { ignoreRequired: true, preprocess: false }))
      : `The provided schema is not a valid json schema. Schema error: ${problem}`;
  if (message !== null) issues.push({ code: 'custom', message, input: value });
}

const concurrency = {
  concurrency_limit: z.nullish(positive),
  concurrency_options: concurrencyOptions,
  global_concurrency_limit_id: id,
};
const pullSteps = z.nullish(z.array(jsonObject));
const documents = { storage_document_id: id, infrastructure_document_id: id };

const createFields = z.object({
  name: z.string(),
  flow_id: uuid,
  paused: z.optional(flag),
  schedules: z._default(z.array(deploymentScheduleCreate), []),
  ...concurrency,
  enforce_parameter_schema: z.optional(flag),
  parameter_openapi_schema: z.nullish(jsonObject),
  parameters: z._default(parameters, {}),
  tags: z.optional(tags),
  labels: z.nullish(labels),
  pull_steps: pullSteps,
  work_queue_name: text,
  work_pool_name: text,
  ...documents,
  description: text,
  path: text,
  version: text,
  entrypoint: text,
  job_variables: z.optional(jsonObject),
});

/** `POST /deployments/`: creates or replaces by flow and name; of an existing one only the keys present change. */
export const deploymentCreate = createFields.check(checkLimits, checkParameters, checkName);
export type DeploymentCreate = z.infer<typeof deploymentCreate>;

/** `PATCH /deployments/{id}`: only the keys present change. */
export const deploymentUpdate = z
  .object({
    version: text,
    description: text,
    paused: z.optional(flag),
    schedules: z.optional(z.array(deploymentScheduleUpdate)),
    ...concurrency,
    parameters: z.nullish(parameters),
    parameter_openapi_schema: z.nullish(jsonObject),
    tags: z.optional(tags),
    work_queue_name: text,
    work_pool_name: text,
    path: text,
    job_variables: z.nullish(jsonObject),
    pull_steps: pullSteps,
    entrypoint: text,
    ...documents,
    enforce_parameter_schema: z.nullish(flag),
  })
  .check(checkLimits);
export type DeploymentUpdate = z.infer<typeof deploymentUpdate>;

/** `POST /deployments/{id}/create_flow_run` */
export const deploymentFlowRunCreate = z.object({
  state: z.nullish(stateCreate),
  name: z.nullish(runName),
  parameters: z._default(parameters, {}),
  enforce_parameter_schema: z.nullish(flag),
  context: z._default(jsonObject, {}),
  infrastructure_document_id: id,
  empirical_policy: z.optional(flowRunPolicy),
  tags: z._default(tags, []),
  idempotency_key: text,
  labels: z.nullish(labels),
  parent_task_run_id: id,
  work_queue_name: text,
  job_variables: z.nullish(jsonObject),
});
export type DeploymentFlowRunCreate = z.infer<typeof deploymentFlowRunCreate>;
export const deploymentFlowRunsCreate = z.array(deploymentFlowRunCreate);

export const schedulesCreate = z.array(deploymentScheduleCreate);

const deploymentSort = z.enum(['CREATED_DESC', 'UPDATED_DESC', 'NAME_ASC', 'NAME_DESC']);
export type DeploymentSort = z.infer<typeof deploymentSort>;
export const deploymentFilterBody = filterBodySortedLast(deploymentSort);
export type DeploymentFilterBody = z.infer<typeof deploymentFilterBody>;
export const deploymentPaginateBody = paginateBodySortedLast(deploymentSort);
export type DeploymentPaginateBody = z.infer<typeof deploymentPaginateBody>;

export const scheduledFlowRunsBody = z.object({
  limit: pageLimit,
  deployment_ids: z.array(uuid),
  scheduled_before: z.nullish(datetime),
});
export type ScheduledFlowRunsBody = z.infer<typeof scheduledFlowRunsBody>;

/** `POST /deployments/{id}/schedule`. Like Prefect's, it takes a span for `min_time`; an absent field means the scheduler's own. */
export const scheduleBody = z.object({
  start_time: z.optional(datetime),
  end_time: z.optional(datetime),
  min_time: z.optional(seconds),
  min_runs: z.optional(integer),
  max_runs: z.optional(integer),
});
export type ScheduleBody = z.infer<typeof scheduleBody>;

const BULK_DELETE_LIMIT = 50;

/** `POST /deployments/bulk_delete`: the first deployments by name that match. */
export const deploymentsDeleteBody = z.object({
  deployments: z.nullish(deploymentFilter),
  limit: z._default(integer.check(z.gte(1), z.lte(BULK_DELETE_LIMIT)), BULK_DELETE_LIMIT),
});
export type DeploymentsDeleteBody = z.infer<typeof deploymentsDeleteBody>;

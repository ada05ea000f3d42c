import type { CreatedBy, Labels } from './flow-run.ts';
import type { JsonObject } from './json/json.ts';
import type { Schedule, ScheduleVersion } from './schedules/schedule.ts';

/** A schedule of a deployment, in the shape of Prefect's `DeploymentSchedule`. */
export interface DeploymentSchedule {
  id: string;
  created: string;
  updated: string;
  deployment_id: string;
  schedule: Schedule;
  active: boolean;
  max_scheduled_runs: number | null;
  parameters: JsonObject;
  slug: string | null;
}

/** What happens to a run that finds its deployment's limit taken. */
export interface ConcurrencyOptions {
  collision_strategy: 'ENQUEUE' | 'CANCEL_NEW';
  grace_period_seconds?: number | null;
}

/**
 * A deployment as stored: Prefect's `Deployment` with its schedules inside, so that a change of both is one write. The
 * answer's `global_concurrency_limit` is looked up on read, and so is whether the queue still exists
 * (`deployment-response.ts`).
 */
export interface Deployment {
  id: string;
  created: string;
  updated: string;
  name: string;
  version: string | null;
  description: string | null;
  flow_id: string;
  paused: boolean;
  schedules: DeploymentSchedule[];
  /** The number asked for: the limit named `deployment:<id>`. Answers always say null here, as Prefect's do. */
  concurrency_limit: number | null;
  /** The shared limit, when one was named instead of a number. */
  global_concurrency_limit_id: string | null;
  concurrency_options: ConcurrencyOptions | null;
  job_variables: JsonObject;
  parameters: JsonObject;
  tags: string[];
  labels: Labels;
  work_pool_id: string | null;
  work_pool_name: string | null;
  work_queue_id: string | null;
  work_queue_name: string | null;
  last_polled: string | null;
  parameter_openapi_schema: JsonObject | null;
  path: string | null;
  pull_steps: JsonObject[] | null;
  entrypoint: string | null;
  storage_document_id: string | null;
  infrastructure_document_id: string | null;
  created_by: CreatedBy | null;
  updated_by: CreatedBy | null;
  status: 'READY' | 'NOT_READY';
  enforce_parameter_schema: boolean;
  /** Ours, never answered: the version of each schedule (rule 15), written with the change that raised it. */
  schedule_versions?: Record<string, ScheduleVersion>;
  /** Ours: a change of schedules whose runs are still to be made or taken away (rule 2). */
  schedules_unsettled?: boolean;
}

import * as z from 'zod/mini';
import { artifact, artifactCollection } from '../../../shared/api/answers/artifacts.ts';
import { automation } from '../../../shared/api/answers/automations.ts';
import { blockDocument, blockSchema, blockType } from '../../../shared/api/answers/blocks.ts';
import {
  createdConcurrencyLimit,
  globalConcurrencyLimit,
  lease,
  tagConcurrencyLimit,
  takenLimits,
} from '../../../shared/api/answers/concurrency-limits.ts';
import { deployment, deploymentSchedule } from '../../../shared/api/answers/deployments.ts';
import { eventCounts, eventPage } from '../../../shared/api/answers/events.ts';
import {
  createdFlowRuns,
  dependency,
  flowRun,
  flowRunInput,
  graph,
  workerFlowRun,
} from '../../../shared/api/answers/flow-runs.ts';
import { flow } from '../../../shared/api/answers/flows.ts';
import { log } from '../../../shared/api/answers/logs.ts';
import { savedSearch } from '../../../shared/api/answers/saved-searches.ts';
import { flowRunOrchestrationResult, history, orchestrationResult, state } from '../../../shared/api/answers/states.ts';
import { pagedTaskRun, taskRun, taskRunForPage } from '../../../shared/api/answers/task-runs.ts';
import {
  countByState,
  flowRunInfrastructure,
  formValidation,
  nextFlowRun,
  poolInfrastructure,
  simpleFlowRun,
} from '../../../shared/api/answers/ui.ts';
import {
  count,
  deletedIds,
  flag,
  maybeId,
  maybeText,
  maybeTime,
  number,
  object,
  pageOf,
  text,
  tags as texts,
  time,
} from '../../../shared/api/answers/values.ts';
import { variable } from '../../../shared/api/answers/variables.ts';
import {
  plainWorkQueue,
  worker,
  workPool,
  workPoolConcurrency,
  workQueue,
  workQueueConcurrency,
  workQueueStatus,
} from '../../../shared/api/answers/work-pools.ts';
import type { Route } from '../route.ts';

/** Things that many answers consist of, under Prefect's names for them. */
export const ANSWER_COMPONENTS: Readonly<Record<string, z.ZodMiniType>> = {
  Artifact: artifact,
  ArtifactCollection: artifactCollection,
  Automation: automation,
  BlockDocument: blockDocument,
  BlockSchema: blockSchema,
  BlockType: blockType,
  ConcurrencyLimit: tagConcurrencyLimit,
  DeploymentResponse: deployment,
  DeploymentSchedule: deploymentSchedule,
  Flow: flow,
  FlowRunResponse: flowRun,
  GlobalConcurrencyLimitResponse: globalConcurrencyLimit,
  State: state,
  TaskRun: taskRun,
  Variable: variable,
  WorkPoolResponse: workPool,
  WorkQueueResponse: workQueue,
};

const nothing = z.null();
const list = z.array;
const countsById = z.record(z.string(), count);
const apiKey = { name: text, role: text, created: time, expires: maybeTime, revoked: maybeTime };
const defaultStorage = z.strictObject({ default_result_storage_block_id: maybeId });

/**
 * What each operation answers when it has done what was asked; those that answer nothing (204) are not here. Nothing is answered
 * by these schemas: the tests hold every answer of the API to them (test/answers.ts), and the document shows them.
 */
const ANSWERS: Readonly<Record<string, z.ZodMiniType>> = {
  'GET /health': flag,
  'GET /ready': z.strictObject({ message: text }),
  'GET /hello': text,
  'GET /version': text,
  'GET /admin/version': text,
  'GET /admin/settings': object,
  'GET /admin/storage': defaultStorage,
  'PUT /admin/storage': defaultStorage,
  'POST /api_keys/': z.strictObject({ ...apiKey, key: text }),
  'GET /api_keys/': list(z.strictObject(apiKey)),
  'GET /api_keys/own': z.strictObject({ role: maybeText }),
  'GET /orphans/': list(z.strictObject({ work_pool_name: text, at: time, findings: list(object) })),
  'GET /collections/views/{view}': object,
  'POST /task_workers/filter': list(z.strictObject({ identifier: text, task_keys: texts, timestamp: time })),

  'POST /flows/': flow,
  'GET /flows/{id}': flow,
  'GET /flows/name/{name}': flow,
  'POST /flows/filter': list(flow),
  'POST /flows/paginate': pageOf(flow),
  'POST /flows/count': count,
  'POST /flows/bulk_delete': deletedIds,

  'POST /flow_runs/': flowRun,
  'GET /flow_runs/{id}': flowRun,
  'POST /flow_runs/filter': list(flowRun),
  'POST /flow_runs/paginate': pageOf(flowRun),
  'POST /flow_runs/count': count,
  'POST /flow_runs/history': history,
  'POST /flow_runs/lateness': z.nullable(number),
  'POST /flow_runs/bulk_delete': deletedIds,
  'POST /flow_runs/bulk_set_state': z.strictObject({ results: list(flowRunOrchestrationResult) }),
  'POST /flow_runs/{id}/set_state': orchestrationResult,
  'POST /flow_runs/{id}/resume': orchestrationResult,
  'GET /flow_runs/{id}/graph': list(dependency),
  'GET /flow_runs/{id}/graph-v2': graph,
  'POST /flow_runs/{id}/input': nothing,
  'POST /flow_runs/{id}/input/filter': list(flowRunInput),
  'GET /flow_runs/{id}/input/{key}': text,
  'GET /flow_runs/{id}/logs/download': text,
  'GET /flow_run_states/': list(state),
  'GET /flow_run_states/{id}': state,

  'POST /task_runs/': taskRun,
  'GET /task_runs/{id}': taskRun,
  'POST /task_runs/filter': list(taskRun),
  'POST /task_runs/paginate': pageOf(pagedTaskRun),
  'POST /task_runs/count': count,
  'POST /task_runs/history': history,
  'POST /task_runs/{id}/set_state': orchestrationResult,
  'GET /task_run_states/': list(state),
  'GET /task_run_states/{id}': state,

  'POST /deployments/': deployment,
  'GET /deployments/{id}': deployment,
  'GET /deployments/name/{flow_name}/{deployment_name}': deployment,
  'POST /deployments/filter': list(deployment),
  'POST /deployments/paginate': pageOf(deployment),
  'POST /deployments/count': count,
  'POST /deployments/bulk_delete': deletedIds,
  'POST /deployments/get_scheduled_flow_runs': list(flowRun),
  'POST /deployments/{id}/create_flow_run': flowRun,
  'POST /deployments/{id}/create_flow_run/bulk': createdFlowRuns,
  'POST /deployments/{id}/schedule': nothing,
  'POST /deployments/{id}/pause_deployment': nothing,
  'POST /deployments/{id}/resume_deployment': nothing,
  'GET /deployments/{id}/schedules': list(deploymentSchedule),
  'POST /deployments/{id}/schedules': list(deploymentSchedule),
  'GET /deployments/{id}/work_queue_check': list(plainWorkQueue),

  'POST /work_pools/': workPool,
  'GET /work_pools/{name}': workPool,
  'POST /work_pools/filter': list(workPool),
  'POST /work_pools/count': count,
  'POST /work_pools/{name}/get_scheduled_flow_runs': list(workerFlowRun),
  'POST /work_pools/{name}/concurrency_status': workPoolConcurrency,
  'POST /work_pools/{work_pool_name}/queues': workQueue,
  'GET /work_pools/{work_pool_name}/queues/{name}': workQueue,
  'POST /work_pools/{work_pool_name}/queues/filter': list(workQueue),
  'POST /work_pools/{work_pool_name}/workers/filter': list(worker),
  'POST /work_queues/': workQueue,
  'GET /work_queues/{id}': workQueue,
  'GET /work_queues/name/{name}': workQueue,
  'POST /work_queues/filter': list(workQueue),
  'POST /work_queues/{id}/get_runs': list(flowRun),
  'GET /work_queues/{id}/status': workQueueStatus,
  'POST /work_queues/{id}/concurrency_status': workQueueConcurrency,

  'POST /block_types/': blockType,
  'GET /block_types/{id}': blockType,
  'GET /block_types/slug/{slug}': blockType,
  'POST /block_types/filter': list(blockType),
  'POST /block_types/install_system_block_types': nothing,
  'GET /block_types/slug/{slug}/block_documents': list(blockDocument),
  'GET /block_types/slug/{slug}/block_documents/name/{block_document_name}': blockDocument,
  'POST /block_schemas/': blockSchema,
  'GET /block_schemas/{id}': blockSchema,
  'GET /block_schemas/checksum/{checksum}': blockSchema,
  'POST /block_schemas/filter': list(blockSchema),
  'POST /block_documents/': blockDocument,
  'GET /block_documents/{id}': blockDocument,
  'POST /block_documents/filter': list(blockDocument),
  'POST /block_documents/count': count,
  'GET /block_capabilities/': texts,

  'POST /variables/': variable,
  'GET /variables/{id}': variable,
  'GET /variables/name/{name}': variable,
  'POST /variables/filter': list(variable),
  'POST /variables/count': count,
  'PUT /saved_searches/': savedSearch,
  'GET /saved_searches/{id}': savedSearch,
  'POST /saved_searches/filter': list(savedSearch),
  'POST /logs/': nothing,
  'POST /logs/filter': list(log),

  'POST /concurrency_limits/': tagConcurrencyLimit,
  'GET /concurrency_limits/{id}': tagConcurrencyLimit,
  'GET /concurrency_limits/tag/{tag}': tagConcurrencyLimit,
  'POST /concurrency_limits/filter': list(tagConcurrencyLimit),
  'POST /concurrency_limits/tag/{tag}/reset': nothing,
  'DELETE /concurrency_limits/tag/{tag}': nothing,
  'DELETE /concurrency_limits/{id}': nothing,
  'POST /concurrency_limits/increment': takenLimits,
  'POST /concurrency_limits/decrement': takenLimits,
  'POST /v2/concurrency_limits/': createdConcurrencyLimit,
  'GET /v2/concurrency_limits/{id_or_name}': globalConcurrencyLimit,
  'POST /v2/concurrency_limits/filter': list(globalConcurrencyLimit),
  'POST /v2/concurrency_limits/increment': takenLimits,
  'POST /v2/concurrency_limits/decrement': takenLimits,
  'POST /v2/concurrency_limits/increment-with-lease': lease,

  'POST /artifacts/': artifact,
  'GET /artifacts/{id}': artifact,
  'GET /artifacts/{key}/latest': artifact,
  'POST /artifacts/filter': list(artifact),
  'POST /artifacts/count': count,
  'POST /artifacts/latest/filter': list(artifactCollection),
  'POST /artifacts/latest/count': count,

  'POST /events/filter': eventPage,
  'GET /events/filter/next': eventPage,
  'POST /events/count-by/{countable}': eventCounts,

  'POST /automations/': automation,
  'GET /automations/{id}': automation,
  'POST /automations/filter': list(automation),
  'POST /automations/count': count,
  'GET /automations/related-to/{resource_id}': list(automation),
  'DELETE /automations/owned-by/{resource_id}': nothing,

  'POST /ui/flow_runs/history': list(simpleFlowRun),
  'POST /ui/flow_runs/count-task-runs': countsById,
  'POST /ui/flows/count-deployments': countsById,
  'POST /ui/flows/next-runs': z.record(z.string(), z.nullable(nextFlowRun)),
  'POST /ui/schemas/validate': formValidation,
  'POST /ui/task_runs/dashboard/counts': list(z.record(z.string(), count)),
  'POST /ui/task_runs/count': countByState,
  'GET /ui/task_runs/{id}': taskRunForPage,
  'GET /ui/flow_runs/{id}/infrastructure': flowRunInfrastructure,
  'GET /ui/work_pools/{name}/infrastructure': poolInfrastructure,
};

/** What an operation answers with a body, when it succeeds; undefined when it answers without one. */
export function answerOf({ method, path }: Pick<Route, 'method' | 'path'>): z.ZodMiniType | undefined {
  return ANSWERS[`${method} ${path}`];
}

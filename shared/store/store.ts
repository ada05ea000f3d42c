import { AnnouncedStatuses } from './announced-statuses.ts';
import { apiKeyRepository } from './api-keys.ts';
import { artifactKeyRepository, artifactRepository } from './artifacts.ts';
import { AutomationBuckets } from './automation-buckets.ts';
import { AutomationFirings } from './automation-firings.ts';
import { automationRepository } from './automations.ts';
import { blockDocumentRepository, blockSchemaRepository, blockTypeRepository } from './blocks.ts';
import { ConcurrencyLeaseRepository, concurrencyLimitRepository } from './concurrency-limits.ts';
import { connectionRepository } from './connections.ts';
import { deploymentRepository } from './deployments.ts';
import { eventRepository } from './events.ts';
import { FlowRunInputRepository } from './flow-run-inputs.ts';
import { flowRunRepository } from './flow-runs.ts';
import { flowRepository } from './flows.ts';
import { logRepository } from './logs.ts';
import { requestLocks } from './request-locks.ts';
import { savedSearchRepository } from './saved-searches.ts';
import { scheduleProgressRepository } from './schedule-progress.ts';
import { SlotLedger } from './slot-ledger.ts';
import { SlotWaits } from './slot-waits.ts';
import type { Table } from './table.ts';
import { Tallies } from './tallies.ts';
import { TaskDeliveries } from './task-deliveries.ts';
import { taskRunRepository } from './task-runs.ts';
import { variableRepository } from './variables.ts';
import { WorkQueueRepository, workPoolRepository } from './work-pools.ts';
import { WorkerRepository } from './workers.ts';

/** All repositories over one table. */
export function createStore(table: Table) {
  const tallies = new Tallies(table);
  table.moving = (places) => tallies.mark(places);
  return {
    table,
    announcedStatuses: new AnnouncedStatuses(table),
    tallies,
    connections: connectionRepository(table),
    events: eventRepository(table),
    logs: logRepository(table),
    taskDeliveries: new TaskDeliveries(table),
    taskRuns: taskRunRepository(table),
    deployments: deploymentRepository(table),
    apiKeys: apiKeyRepository(table),
    flows: flowRepository(table),
    flowRuns: flowRunRepository(table),
    requestLocks: requestLocks(table),
    flowRunInputs: new FlowRunInputRepository(table),
    artifactKeys: artifactKeyRepository(table),
    artifacts: artifactRepository(table),
    automationBuckets: new AutomationBuckets(table),
    automationFirings: new AutomationFirings(table),
    automations: automationRepository(table),
    blockDocuments: blockDocumentRepository(table),
    blockSchemas: blockSchemaRepository(table),
    blockTypes: blockTypeRepository(table),
    concurrencyLeases: new ConcurrencyLeaseRepository(table),
    concurrencyLimits: concurrencyLimitRepository(table),
    savedSearches: savedSearchRepository(table),
    slots: new SlotLedger(table),
    scheduleProgress: scheduleProgressRepository(table),
    slotWaits: new SlotWaits(table),
    variables: variableRepository(table),
    workPools: workPoolRepository(table),
    workQueues: new WorkQueueRepository(table),
    workers: new WorkerRepository(table),
  };
}
export type Store = ReturnType<typeof createStore>;

/**
 * Every key of the table. One entity is one item under `<KIND>#<id>`; a unique name is a lock item that holds the id;
 * lists come from the key-only indexes.
 *
 * | pattern                                   | key                                   | index | who asks                         |
 * | ----------------------------------------- | ------------------------------------- | ----- | -------------------------------- |
 * | one entity by id                          | `<KIND>#<id>` / `-`                   | table | everybody                        |
 * | one entity by unique name                 | `UNIQUE#<KIND>#<name>` / `-`          | table | reads by name, upserts           |
 * | all entities of a small kind by name      | `<KIND>` / `<name>`                   | ix1    | filters, lists                   |
 * | entities of a small kind below a parent   | `<KIND>#<parent id>` / `<sort>`       | ix2    | deployments of a flow, queues    |
 * | the run made for a repeated request       | `ONCE#<hash>` / `-`                   | table | creates without a key (5 min)    |
 * | deployments of a work queue               | `DEPLOYMENTS#Q#<queue id>` / `<name>,<id>` | ix3 | polls mark them ready       |
 * | flow runs by expected start               | `RUNS#<shard>` / `<time>#<id>#<label>` | ix1    | recent runs, dashboards          |
 * | flow runs of a deployment                 | `RUNS#D#<id>` / `<time>#<id>#<label>` | ix2    | deployment page                  |
 * | flow runs of a flow                       | `RUNS#F#<id>` / `<time>#<id>#<label>` | ix3    | flow page                        |
 * | flow runs below a parent task run         | `RUNS#P#<task run id>` / `<time>#<id>`| ix4    | subflow look-up                  |
 * | scheduled flow runs of a work queue       | `RUNS#Q#<queue id>` / `<due>#<id>`    | ix5    | workers, pool resume             |
 * | flow runs by state type                   | `RUNS#S#<type>#<shard>` / `<start>#<id>`| ix6  | state filters, counts            |
 * | flow runs by start                        | `RUNS#START#<shard>` / `<start>#<id>` | ix8    | recent runs by start             |
 * | flow runs of a tag (places without content) | `RUNS#T#<shard>#<tag>` / `<id>`  | table | tag filters                      |
 * | flow runs by id (creation order)          | `RUNS#ID#<shard>` / `<id>`            | ix7    | Prefect's default sort           |
 * | task runs of a flow run                   | `TASKS#<flow run id>` / `<time>#<id>` (`#subflow` when it tracks one) | ix2 | run page, counts |
 * | task runs by expected start               | `TASKS#<shard>` / `<time>#<id>`       | ix1    | filters without a run            |
 * | task runs by id (creation order)          | `TASKS#ID#<shard>` / `<id>`           | ix7    | Prefect's default sort           |
 * | task runs that have not ended              | `TASKS#LIVE#<shard>` / `<time>#<id>`  | ix6    | what runs now                    |
 * | task runs that have ended, by start       | `TASKS#S#<type>#<shard>` / `<start>#<id>#<label>` | ix6 | by state, dashboards   |
 * | artifacts by id (creation order)          | `ARTIFACTS#<shard>` / `<id>`          | ix7   | artifact lists                   |
 * | artifacts of a flow run, task run, key    | `ARTIFACTS#R#…`, `#T#…`, `#K#…` / `<id>` | ix2, ix3, ix4 | run page, versions     |
 * | artifact keys by key, by id               | `ARTIFACTKEY` / `<key>#<id>`, `<id>`  | ix1, ix7 | latest artifacts              |
 * | log batches of a flow run                 | `LOGS#<flow run id>` / `<first time>#<name>` | table | logs of a run              |
 * | log batches of all flow runs              | `LOGS#<shard>` / `<first time>#<name>` | ix1  | logs without naming a run       |
 * | log batches without a flow run            | `LOGS#DAY#<day>` / `<first time>#<name>` | table | logs of workers and tasks      |
 * | events of an hour                         | `EVENTS#<hour>#<shard>` / `<time>#<id>` | table | event filters, backfill        |
 * | hours that have events                    | `EVENTHOURS` / `<hour>#<shard>`       | table  | event filters skip silent hours  |
 * | subscriptions within a tree of flow runs  | `SUBS#RUN#<root id>` / `<connection>` | table  | publishing (rule 24)             |
 * | operators' subscriptions                  | `SUBS#<class>#<shard>` / `<connection>` | table | publishing (rule 24)           |
 * | the task run of a state set over REST     | `TASKSTATE#<state id>` / `-`          | table | states by id                     |
 * | results of tasks by cache key             | `TASKCACHE#<hash>` / `LASTING`, `UNTIL#<inserted>#<state id>` | table | task runs about to run |
 * | background tasks that no worker acknowledged | `TASKQUEUE#<task key>` / `<turn>` | table | task workers |
 * | task workers by task key, all of them     | `TASKWORKERS#<task key>`, `TASKWORKERS` / `<connection>` | table | sending tasks |
 * | workers of a pool                         | `POOL#<id>` / `WORKER#<name>`         | table  | heartbeats, pool status          |
 * | a limit's layout and shards of slots      | `SLOTS#<owner>` / `HEAD`, `SHARD#<place>` | table | taking and giving slots     |
 * | runs that wait for an owner's slots       | `WAITS#<owner>` / `<priority>#<due>#<run>#<turn>` | table | waking the first   |
 * | active flow runs of a work queue          | `RUNS#A#<queue id>` / `<time>#<id>`   | ix5   | pool and queue limits of workers |
 * | enabled automations by class of events    | `TRIGGERS#<class>` / `<updated>#<id>` | ix2, ix3, ix4 | which an event can concern |
 * | what a trigger counts, per `for_each`     | `BUCKET#<trigger id>#<values>` / `-`  | table | each event it covers             |
 * | block schemas by checksum                 | `BLOCKSCHEMAS#C#<checksum>` / `<created>#<id>` | ix3 | newest of a checksum        |
 * | counts of a list by the hour              | `TALLY#<list>` / `-`                  | table | counts (decision 051)            |
 * | hours of a list to be counted anew        | `TALLYMARKS#<list>` / `<hour>`        | table | counts                           |
 * | block documents by name                   | `BLOCK` / `<name>,<id>`               | ix1    | filters; of a type: ix2          |
 */
import type { Key } from './key.ts';

/** How many partition keys an all-runs list is spread over: 1,000 writes/s each. */
export const LIST_SHARDS = 4;

/** Entities that are one item with an id. The value is the prefix of their keys. */
export const KINDS = {
  flow: 'FLOW',
  flowRun: 'RUN',
  taskRun: 'TASK',
  deployment: 'DEPLOYMENT',
  workPool: 'POOL',
  workQueue: 'QUEUE',
  worker: 'WORKER',
  blockType: 'BLOCKTYPE',
  blockSchema: 'BLOCKSCHEMA',
  blockDocument: 'BLOCK',
  variable: 'VARIABLE',
  concurrencyLimit: 'LIMIT',
  concurrencyLease: 'LEASE',
  artifact: 'ARTIFACT',
  artifactKey: 'ARTIFACTKEY',
  automation: 'AUTOMATION',
  automationFiring: 'FIRING',
  apiKey: 'APIKEY',
  connection: 'CONN',
  savedSearch: 'SEARCH',
  schedule: 'SCHEDULE',
} as const;
export type Kind = keyof typeof KINDS;

const ALONE = '-';
const BUCKET = 'BUCKET#';
const TASK_QUEUE = 'TASKQUEUE#';

/** Sorts before every name. */
const BEFORE_ALL = '\u0001';

export const keys = {
  entity: (kind: Kind, id: string): Key => ({ pk: `${KINDS[kind]}#${id}`, sk: ALONE }),
  unique: (kind: Kind, name: string): Key => ({ pk: `UNIQUE#${KINDS[kind]}#${name}`, sk: ALONE }),
  /** Something that belongs to an entity and is read with or after it, e.g. a frozen job of a run. */
  below: (kind: Kind, id: string, sk: string): Key => ({ pk: `${KINDS[kind]}#${id}`, sk }),
  worker: (poolId: string, name: string): Key => ({ pk: `${KINDS.workPool}#${poolId}`, sk: `WORKER#${name}` }),
  setting: (name: string): Key => ({ pk: `SETTING#${name}`, sk: ALONE }),

  /** A name may be empty, a key of an index may not. */
  list: (kind: Kind, sort: string): Key => ({ pk: KINDS[kind], sk: sort || BEFORE_ALL }),
  children: (kind: Kind, parentId: string, sort: string): Key => ({
    pk: `${KINDS[kind]}#${parentId}`,
    sk: sort || BEFORE_ALL,
  }),

  tally: (list: string): Key => ({ pk: `TALLY#${list}`, sk: ALONE }),
  tallyMark: (list: string, hour: string): Key => ({ pk: `TALLYMARKS#${list}`, sk: hour }),

  onceForRequest: (hash: string): Key => ({ pk: `ONCE#${hash}`, sk: ALONE }),

  deploymentsOfQueue: (queueId: string, sort: string): Key => ({ pk: `DEPLOYMENTS#Q#${queueId}`, sk: sort }),

  runsByTime: (shard: number): string => `RUNS#${shard}`,
  runsOfDeployment: (id: string): string => `RUNS#D#${id}`,
  runsOfFlow: (id: string): string => `RUNS#F#${id}`,
  runsOfParentTask: (id: string): string => `RUNS#P#${id}`,
  runsOfQueue: (id: string): string => `RUNS#Q#${id}`,
  activeRunsOfQueue: (id: string): string => `RUNS#A#${id}`,
  runsByState: (type: string, shard: number): string => `RUNS#S#${type}#${shard}`,
  runsByStart: (shard: number): string => `RUNS#START#${shard}`,
  runOfTag: (tag: string, shard: number, id: string): Key => ({ pk: `RUNS#T#${shard}#${tag}`, sk: id }),
  runsById: (shard: number): string => `RUNS#ID#${shard}`,

  slots: (owner: string, sort: string): Key => ({ pk: `SLOTS#${owner}`, sk: sort }),

  waits: (owner: string, sort: string): Key => ({ pk: `WAITS#${owner}`, sk: sort }),

  automationsOfClass: (eventClass: string, sort: string): Key => ({ pk: `TRIGGERS#${eventClass}`, sk: sort }),
  automationBucket: (triggerId: string, values: readonly string[]): Key => ({
    pk: `${BUCKET}${triggerId}#${JSON.stringify(values)}`,
    sk: ALONE,
  }),

  blockSchemasByChecksum: (checksum: string, sort: string): Key => ({ pk: `BLOCKSCHEMAS#C#${checksum}`, sk: sort }),

  tasksOfRun: (flowRunId: string): string => `TASKS#${flowRunId}`,
  tasksByTime: (shard: number): string => `TASKS#${shard}`,
  tasksById: (shard: number): string => `TASKS#ID#${shard}`,

  liveTasks: (shard: number): string => `TASKS#LIVE#${shard}`,
  endedTasks: (type: string, shard: number): string => `TASKS#S#${type}#${shard}`,

  taskRunOfState: (stateId: string): Key => ({ pk: `TASKSTATE#${stateId}`, sk: ALONE }),
  cachedResult: (keyHash: string, sort: string): Key => ({ pk: `TASKCACHE#${keyHash}`, sk: sort }),

  queuedTask: (taskKey: string, turn: string): Key => ({ pk: `${TASK_QUEUE}${taskKey}`, sk: turn }),
  taskWorker: (taskKey: string, connectionId: string): Key => ({ pk: `TASKWORKERS#${taskKey}`, sk: connectionId }),
  taskWorkerOfAny: (connectionId: string): Key => ({ pk: 'TASKWORKERS', sk: connectionId }),

  artifactsById: (shard: number): string => `ARTIFACTS#${shard}`,
  artifactsOfFlowRun: (id: string): string => `ARTIFACTS#R#${id}`,
  artifactsOfTaskRun: (id: string): string => `ARTIFACTS#T#${id}`,
  artifactsOfKey: (key: string): string => `ARTIFACTS#K#${key}`,
  artifactKeysById: (id: string): Key => ({ pk: KINDS.artifactKey, sk: id }),

  logsOfRun: (flowRunId: string, sort: string): Key => ({ pk: `LOGS#${flowRunId}`, sk: sort }),
  logsOfRuns: (shard: number): string => `LOGS#${shard}`,
  logsOfDay: (day: string, sort: string): Key => ({ pk: `LOGS#DAY#${day}`, sk: sort }),

  eventsOfHour: (hour: string, shard: number, sort: string): Key => ({ pk: `EVENTS#${hour}#${shard}`, sk: sort }),
  eventHour: (hour: string, shard: number): Key => ({ pk: 'EVENTHOURS', sk: `${hour}#${shard}` }),

  subscriptionInTree: (rootId: string, connectionId: string): Key => ({
    pk: `SUBS#RUN#${rootId}`,
    sk: connectionId,
  }),
  subscription: (streamClass: string, shard: number, connectionId: string): Key => ({
    pk: `SUBS#${streamClass}#${shard}`,
    sk: connectionId,
  }),
} as const;

/** The id in the key of an entity's item. */
export function idOf(key: Key): string {
  return key.pk.slice(key.pk.indexOf('#') + 1);
}

/** Whose slots an item keeps; null when it keeps none. */
export function ownerOfSlots(key: Key): string | null {
  return key.pk.startsWith('SLOTS#') ? key.pk.slice('SLOTS#'.length) : null;
}

export const isQueuedTaskKey = (key: Key): boolean => key.pk.startsWith(TASK_QUEUE);

export const isBucketKey = (key: Key): boolean => key.pk.startsWith(BUCKET);

/** The shard of an id: stable, and even because ids end in random digits. */
export function shardOf(id: string): number {
  return Number.parseInt(id.slice(-4), 16) % LIST_SHARDS || 0;
}

/** A place in a list by name; equal names are ordered by id. What stands between sorts before every letter: `a` comes before `a b`. */
export function nameSort({ name, id }: { readonly name: string; readonly id: string }): string {
  return `${name}\u0001${id}`;
}

/** A place in a time-ordered index; equal times are ordered by id. Missing times sort last. */
export function timeSort(time: string | null, id: string): string {
  return `${time ?? '~'}#${id}`;
}

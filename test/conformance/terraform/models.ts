import {
  anything,
  bool,
  type Fields,
  float,
  int64,
  list,
  map,
  pointer,
  string,
  struct,
  time,
  uuid,
} from './go-types.ts';

/** What the provider reads of each resource (PrefectHQ/terraform-provider-prefect, internal/api): field by field, in its Go types. */
const model = (fields: Fields) => struct({ id: uuid, created: pointer(time), updated: pointer(time), ...fields });

export const FLOW = model({ name: string, tags: list(string) });

export const VARIABLE = model({ name: string, value: anything, tags: list(string) });

export const WORK_POOL = model({
  name: string,
  description: pointer(string),
  type: string,
  base_job_template: map(),
  is_paused: bool,
  concurrency_limit: pointer(int64),
  default_queue_id: uuid,
});

export const WORK_QUEUE = model({
  name: string,
  work_pool_name: string,
  description: pointer(string),
  is_paused: bool,
  concurrency_limit: pointer(int64),
  priority: pointer(int64),
});

export const DEPLOYMENT = model({
  concurrency_limit: pointer(int64),
  concurrency_options: pointer(struct({ collision_strategy: string })),
  description: string,
  enforce_parameter_schema: bool,
  entrypoint: string,
  flow_id: uuid,
  global_concurrency_limit: pointer(struct({ limit: int64 })),
  job_variables: map(),
  name: string,
  parameter_openapi_schema: map(),
  parameters: map(),
  path: string,
  paused: bool,
  pull_steps: list(map(map())),
  storage_document_id: uuid,
  tags: list(string),
  version: string,
  work_pool_name: string,
  work_queue_name: string,
});

export const SCHEDULE = model({
  deployment_id: uuid,
  active: pointer(bool),
  max_scheduled_runs: float,
  schedule: struct({
    timezone: string,
    interval: float,
    anchor_date: string,
    cron: string,
    day_or: bool,
    rrule: string,
  }),
});

export const BLOCK_TYPE = model({
  name: string,
  slug: string,
  logo_url: string,
  documentation_url: string,
  description: string,
  code_example: string,
  is_protected: bool,
});

export const BLOCK_SCHEMA = model({
  block_type: BLOCK_TYPE,
  checksum: string,
  block_type_id: uuid,
  capabilities: list(string),
  version: string,
  fields: anything,
});

export const BLOCK_DOCUMENT = model({
  name: string,
  data: map(),
  block_schema_id: uuid,
  block_schema: pointer(BLOCK_SCHEMA),
  block_type_id: uuid,
  block_type_name: pointer(string),
  block_type: BLOCK_TYPE,
});

const ids = ['automation_id', 'block_document_id', 'deployment_id', 'work_pool_id', 'work_queue_id'];
const texts = ['source', 'subject', 'body', 'payload', 'name', 'state', 'message'];
const ACTION = struct({
  type: string,
  ...Object.fromEntries(ids.map((name) => [name, pointer(uuid)])),
  ...Object.fromEntries(texts.map((name) => [name, pointer(string)])),
  parameters: map(),
  job_variables: map(),
});

const RESOURCE_TRIGGER = {
  type: string,
  match: map(),
  match_related: map(),
  posture: pointer(string),
  after: list(string),
  expect: list(string),
  for_each: list(string),
  threshold: pointer(int64),
  within: pointer(float),
};

export const AUTOMATION = model({
  name: string,
  description: string,
  enabled: bool,
  trigger: struct({ ...RESOURCE_TRIGGER, triggers: list(struct(RESOURCE_TRIGGER)), require: pointer(anything) }),
  actions: list(ACTION),
  actions_on_trigger: list(ACTION),
  actions_on_resolve: list(ACTION),
});

/** Decay is a float to every server; versions of the provider that take it for an integer cannot read Prefect's either. */
export const GLOBAL_CONCURRENCY_LIMIT = model({
  active: bool,
  name: string,
  limit: int64,
  active_slots: int64,
  slot_decay_per_second: float,
});

export const TASK_RUN_CONCURRENCY_LIMIT = model({ tag: string, concurrency_limit: int64 });

export const WORKER_METADATA = map(
  map(
    struct({
      type: string,
      documentation_url: string,
      display_name: string,
      install_command: string,
      description: string,
      default_base_job_configuration: anything,
    }),
  ),
);

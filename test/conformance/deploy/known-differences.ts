/** Where a deployment of ours differs from Prefect's for the same file, each with its reason. */
export const KNOWN: Readonly<Record<string, string>> = {
  'bare/bare/description': 'Prefect says "None" of a flow without a text',
  'anything-goes/any/description': 'the same',
  'anything-goes/any/parameter_openapi_schema': 'Prefect asks for a parameter that is called as `**more` is',
  'anything-goes/any/enforce_parameter_schema': 'so there is no schema to hold a run to',
  'hello/prod-values/tags/1': 'Prefect loses an item of a list that waits for a build step',
  'hello/prod-values/tags/2': 'the same',
  'hello/prod-values/job_variables/nested/list/0': 'the same',
  'hello/prod-values/job_variables/nested/list/1': 'the same',
  'later/typed/parameter_openapi_schema/properties/ids/default':
    'an expression, not a literal: Python would have to run',
  'later/typed/parameter_openapi_schema/properties/wait/default': 'the same',
  'hello/changing/enforce_parameter_schema': 'what the file no longer says is as for a new deployment',
  'hello/emptied/schedules/0': '`schedules: []` says none; Prefect keeps those that were there',
  'hello/emptied/paused': 'a deployment that was paused stays so until the file, or somebody, says otherwise',
};

const deployment = (more: string) =>
  `deployments: [{ name: small, entrypoint: "work.py:hello", work_pool: { name: local }, ${more} }]`;

/** Files that Prefect refuses and we take, each with the reason. */
export const ONLY_OURS: Readonly<Record<string, string>> = {
  [deployment('concurrency_limit: { limit: 2 }')]: 'a limit alone means Prefect’s own default strategy',
  [deployment('schedules: [{ interval: "3600" }]')]: 'seconds may be quoted',
  [deployment('version: 1')]: 'a version may be a number',
  ['deployments: [{ name: small, flow_name: small, work_pool: { name: local, job_variables: { command: "true" } } }]']:
    'a command needs no Python',
};

/** Files that both refuse. */
export const REFUSED_BY_BOTH: Readonly<Record<string, string>> = {
  [deployment('schedules: [{ cron: "* * * * *", interval: 5 }]')]: 'two kinds in one schedule',
  [deployment('schedules: [{ cron: "every day" }]')]: 'no cron expression',
  [deployment('schedules: [{ rrule: "FREQ=SOMETIMES" }]')]: 'no rule',
  [deployment('schedules: [{ cron: "0 0 * * *", timezone: Mars/Olympus }]')]: 'no zone',
  [deployment('concurrency_limit: { limit: 1, collision_strategy: WAIT }')]: 'no strategy',
  [deployment('triggers: [{ posture: Metric, metric: { name: lateness, threshold: 10, operator: ">" } }]')]:
    'of Prefect Cloud alone',
  [deployment('parameters: [1]')]: 'parameters are a mapping',
  [deployment('parameters: { times: "many" }')]: 'not of the type that the flow says',
  [deployment('build: [{ prefect.deployments.steps.run_shell_script: { script: "false" } }]')]: 'a step that fails',
};

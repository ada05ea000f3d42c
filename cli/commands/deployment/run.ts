import { Option } from 'commander';
import type { Deployment } from '../../../shared/api/client/deployments.ts';
import { isJsonObject, type JsonObject } from '../../../shared/domain/json/json.ts';
import { type AddCommand, action, addCommand, many, type Run } from '../../command.ts';
import { UsageError } from '../../errors.ts';
import { readJsonObject, readPairs } from '../../files.ts';
import { showRun } from '../flow-run/show.ts';
import { watchRun } from '../flow-run/watch.ts';
import { findDeployment } from './find.ts';
import { readStart } from './start-time.ts';

interface Options {
  readonly param?: string[];
  readonly params?: string;
  readonly jobVariable?: string[];
  readonly tag?: string[];
  readonly startAt?: string;
  readonly startIn?: string;
  readonly flowRunName?: string;
  readonly idempotencyKey?: string;
  readonly watch?: boolean;
}

export const addRun: AddCommand = (group, around) => {
  addCommand(group, 'run <flow/name>', {
    description: 'Start a flow run, now or later.',
    examples: [
      'pushpool deployment run hello/nightly',
      'pushpool deployment run hello/nightly -p name=Marvin -p count=3 --watch',
      'pushpool deployment run hello/nightly --start-in 2h --job-variable memory=4096',
    ],
  })
    .option('-p, --param <name=value>', 'a parameter, JSON or text; may be repeated', many)
    .addOption(new Option('--params <json>', 'parameters as a JSON object, or the name of a file').conflicts('param'))
    .option('--job-variable <name=value>', 'a variable of the work pool, for this run; may be repeated', many)
    .option('-t, --tag <tag>', 'may be repeated', many)
    .addOption(new Option('--start-at <time>', 'such as 2026-12-24T18:00:00+01:00').conflicts('startIn'))
    .option('--start-in <span>', 'such as 30s, 10m, 2h, 1d')
    .option('--flow-run-name <name>', 'instead of a made-up one')
    .option('--idempotency-key <key>', 'a second call with the same key answers the same run')
    .option('-w, --watch', 'print states and log lines until it has ended')
    .action(action(around, run));
};

const run: Run<[string], Options> = async (context, options, name) => {
  const start = readStart(options, new Date());
  const parameters = options.params
    ? readJsonObject(context, options.params)
    : readPairs(options.param ?? [], '--param');
  const client = await context.client();
  const { deployment, fullName } = await findDeployment(client, name);
  checkParameters(deployment, parameters);
  const created = await client.deployments.createFlowRun(deployment.id, {
    parameters,
    state: { type: 'SCHEDULED', state_details: { scheduled_time: start.toISOString() } },
    job_variables: readPairs(options.jobVariable ?? [], '--job-variable'),
    tags: options.tag ?? [],
    ...(options.flowRunName !== undefined && { name: options.flowRunName }),
    ...(options.idempotencyKey !== undefined && { idempotency_key: options.idempotencyKey }),
  });
  context.out.note(`Created flow run "${created.name}" (${created.id}) of ${fullName}.`);
  if (options.watch) return watchRun(context, client, created.id);
  await context.out.result(created, () => showRun(created, null, new Date()));
};

/** A misspelt name would be a parameter that the flow does not know, found only when the container has started. */
function checkParameters(deployment: Deployment, parameters: JsonObject): void {
  const properties = deployment.parameter_openapi_schema?.['properties'];
  if (!isJsonObject(properties) || Object.keys(properties).length === 0) return;
  const unknown = Object.keys(parameters).filter((name) => !Object.hasOwn(properties, name));
  if (unknown.length === 0) return;
  throw new UsageError(
    `The flow has no parameter "${unknown.join('", "')}". Its parameters are: ${Object.keys(properties).join(', ')}.`,
  );
}

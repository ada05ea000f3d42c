import { isJsonObject, type JsonObject } from '../../shared/domain/json/json.ts';
import type { Context } from '../context.ts';
import { UsageError } from '../errors.ts';
import { readInteger, readJsonObject, readPairs } from '../files.ts';
import { readTriggers } from './triggers.ts';

/** What `deploy` may be told about one deployment; it wins over the file. */
export interface DeployOptions {
  readonly description?: string;
  readonly version?: string;
  readonly tag?: string[];
  readonly flowName?: string;
  readonly pool?: string;
  readonly workQueue?: string;
  readonly jobVariable?: string[];
  readonly image?: string;
  readonly command?: string;
  readonly cron?: string[];
  readonly interval?: string[];
  readonly rrule?: string[];
  readonly anchorDate?: string;
  readonly timezone?: string;
  readonly param?: string[];
  readonly params?: string;
  readonly concurrencyLimit?: string;
  readonly collisionStrategy?: string;
  readonly trigger?: string[];
  readonly enforceParameterSchema?: boolean;
  readonly paused?: boolean;
}

/** Options that are about one deployment alone, by the names that people type. */
export function givenOptions(options: DeployOptions): string[] {
  const names: (keyof DeployOptions)[] = [
    ...(['description', 'version', 'tag', 'flowName', 'workQueue', 'jobVariable', 'image', 'command'] as const),
    ...(['cron', 'interval', 'rrule', 'anchorDate', 'timezone', 'param', 'params'] as const),
    ...(['concurrencyLimit', 'collisionStrategy', 'trigger'] as const),
  ];
  return names
    .filter((name) => options[name] !== undefined)
    .map((name) => `--${name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`);
}

/** Job variables that the options set: `--image` and `--command` are names for two of them. */
export function jobVariablesOf({ jobVariable = [], image, command }: DeployOptions): JsonObject {
  return {
    ...(image !== undefined && { image }),
    ...(command !== undefined && { command }),
    ...readPairs(jobVariable, '--job-variable'),
  };
}

/** The deployment of the file as the options change it; nothing is resolved yet. */
export async function withOptions(context: Context, config: JsonObject, options: DeployOptions): Promise<JsonObject> {
  const { collisionStrategy: strategy, concurrencyLimit: limit } = options;
  if (strategy !== undefined && limit === undefined)
    throw new UsageError('--collision-strategy goes with --concurrency-limit.');
  const pool = isJsonObject(config['work_pool']) ? config['work_pool'] : {};
  const variables = { ...(isJsonObject(pool['job_variables']) && pool['job_variables']), ...jobVariablesOf(options) };
  const number = limit === undefined ? undefined : readInteger(limit, '--concurrency-limit', 1);
  const defined = (values: Record<string, unknown>) =>
    Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as JsonObject;
  return {
    ...config,
    ...defined({
      description: options.description,
      version: options.version,
      tags: options.tag,
      flow_name: options.flowName,
      paused: options.paused,
      enforce_parameter_schema: options.enforceParameterSchema === false ? false : undefined,
      concurrency_limit: strategy === undefined ? number : { limit: number, collision_strategy: strategy },
      triggers: options.trigger && (await readTriggers(context, options.trigger)),
    }),
    parameters: { ...(isJsonObject(config['parameters']) && config['parameters']), ...parametersOf(context, options) },
    schedules: schedulesOf(config, options),
    work_pool: {
      ...pool,
      ...defined({ name: options.pool, work_queue_name: options.workQueue }),
      job_variables: variables,
    },
  };
}

function parametersOf(context: Context, { param, params }: DeployOptions): JsonObject {
  return params === undefined ? readPairs(param ?? [], '--param') : readJsonObject(context, params);
}

/** Those of the file and those of the options, null when neither says any; `--timezone` and `--anchor-date` are about all of them. */
function schedulesOf(config: JsonObject, options: DeployOptions): JsonObject[] | null {
  const { schedule, schedules } = config;
  const added = [
    ...(options.cron ?? []).map((cron) => ({ cron })),
    ...(options.interval ?? []).map((interval) => ({ interval: readInteger(interval, '--interval', 1) })),
    ...(options.rrule ?? []).map((rrule) => ({ rrule })),
  ];
  if (schedule == null && schedules == null && added.length === 0) return null;
  const written = [...(Array.isArray(schedules) ? schedules : []), ...(schedule ? [schedule] : [])];
  return [...written.filter(isJsonObject), ...added].map((one) => ({
    ...one,
    ...(options.timezone !== undefined && { timezone: options.timezone }),
    ...(options.anchorDate !== undefined && 'interval' in one && { anchor_date: options.anchorDate }),
  }));
}

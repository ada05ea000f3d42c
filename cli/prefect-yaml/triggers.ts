import type { Client } from '../../shared/api/client/client.ts';
import { isJsonObject, type JsonObject } from '../../shared/domain/json/json.ts';
import type { Context } from '../context.ts';
import { UsageError } from '../errors.ts';
import { readTextFile } from '../files.ts';
import { truth } from './schedules.ts';

/** Keys of the automation and of its action; all others belong to the trigger. */
const OWN_KEYS = ['name', 'description', 'enabled', 'parameters', 'job_variables', 'schedule_after'];
const EVENT_DEFAULTS = { posture: 'Reactive', match: {}, match_related: {}, after: [], expect: [], for_each: [] };

/** Makes the deployment's automations anew: those of an earlier deploy are deleted first, so it may be done twice. */
export async function replaceTriggers(
  client: Client,
  deployment: { readonly id: string; readonly name: string },
  triggers: readonly JsonObject[],
): Promise<void> {
  const owner = `prefect.deployment.${deployment.id}`;
  await client.automations.deleteOwnedBy(owner);
  for (const [index, trigger] of triggers.entries()) {
    const automation = automationOf(trigger, deployment, index + 1);
    await client.automations.create({ ...automation, owner_resource: owner } as never);
  }
}

function automationOf(given: JsonObject, deployment: { id: string; name: string }, number: number): JsonObject {
  const own = Object.fromEntries(Object.entries(given).filter(([key]) => OWN_KEYS.includes(key)));
  const trigger = Object.fromEntries(Object.entries(given).filter(([key]) => !OWN_KEYS.includes(key)));
  return {
    name: own['name'] ?? `${deployment.name}__automation_${number}`,
    description: own['description'] ?? '',
    enabled: own['enabled'] == null ? true : truth(own['enabled']),
    trigger: triggerOf(trigger),
    actions: [
      {
        type: 'run-deployment',
        source: 'selected',
        deployment_id: deployment.id,
        parameters: own['parameters'] ?? null,
        job_variables: own['job_variables'] ?? null,
        schedule_after: own['schedule_after'] ?? 0,
      },
    ],
  };
}

/** Prefect tells the kinds apart by their keys when `type` is left out. */
function triggerOf(given: JsonObject): JsonObject {
  const inner = given['triggers'];
  const type = given['type'] ?? (Array.isArray(inner) ? ('require' in given ? 'compound' : 'sequence') : 'event');
  if (type === 'event') return { ...EVENT_DEFAULTS, threshold: 1, within: 0, ...given, type };
  const triggers = (Array.isArray(inner) ? inner : []).filter(isJsonObject).map(triggerOf);
  return { within: null, ...given, type, triggers };
}

/** `--trigger` takes the JSON of one, or a `.json` or `.yaml` file with a list under `triggers`. */
export async function readTriggers(context: Context, given: readonly string[]): Promise<JsonObject[]> {
  const { parse } = await import('yaml');
  return given.flatMap((text) => {
    const isFile = /\.(json|ya?ml)$/.test(text);
    let value: unknown;
    try {
      value = parse(isFile ? readTextFile(context, text) : text);
    } catch (error) {
      if (error instanceof UsageError) throw error;
      throw new UsageError(`--trigger could not be read: ${(error as Error).message.split('\n')[0]}.`);
    }
    const list = isFile && isJsonObject(value) ? value['triggers'] : [value];
    if (!Array.isArray(list) || !list.every(isJsonObject)) {
      throw new UsageError(
        `--trigger takes a JSON object, or a file with a list under "triggers"; "${text}" is neither.`,
      );
    }
    return list;
  });
}

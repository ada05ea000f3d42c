import type { WorkerMetadata } from '../../../shared/api/client/server.ts';
import type { JsonObject } from '../../../shared/domain/json/json.ts';
import { isPushPool } from '../../../shared/domain/work-pool.ts';
import { absent } from '../../absent.ts';
import { choose } from '../../ask.ts';
import { type AddCommand, action, addCommand, many, type Run } from '../../command.ts';
import type { Context } from '../../context.ts';
import { Failure, UsageError } from '../../errors.ts';
import { readInteger } from '../../files.ts';
import { addProvisionOptions, type ProvisionOptions } from '../../provision/options.ts';
import { isProvisioned, type Provisioned, provision, showNextSteps } from '../../provision/provision.ts';
import { recordInfrastructure } from '../../provision/record.ts';
import { smokeTest } from '../../provision/smoke-test.ts';
import { writeSetting } from '../../settings/settings.ts';
import { showPool } from './show.ts';
import { type TemplateOptions, templateOf } from './template.ts';

interface Options extends TemplateOptions, ProvisionOptions {
  readonly provisionInfra?: boolean;
  readonly type?: string;
  readonly description?: string;
  readonly concurrencyLimit?: string;
  readonly paused?: boolean;
  readonly overwrite?: boolean;
  readonly setAsDefault?: boolean;
}

export const addCreate: AddCommand = (group, around) => {
  const command = addCommand(group, 'create <name>', {
    description: 'Make a work pool, from the template of its type or from a file.',
    examples: [
      'pushpool work-pool create my-pool --type process:push',
      'pushpool work-pool create my-pool --type ecs:push --provision-infra',
      'pushpool work-pool create my-pool --type ecs:push --credentials aws-credentials/my-keys --variable cluster=flows',
      'pushpool work-pool create my-pool --type ecs:push --base-job-template template.json --overwrite',
    ],
  })
    .option('-t, --type <type>', 'what runs the flows; asked for when it is left out')
    .option('--base-job-template <file>', "a JSON file to take instead of the type's template")
    .option('--variable <name=value>', 'default of a variable of the template; may be repeated', many)
    .option('--credentials <type/name>', 'block with the credentials of the cloud')
    .option('--description <text>')
    .option('--concurrency-limit <n>', 'how many runs at once')
    .option('--paused', 'make it paused')
    .option('--overwrite', 'change the pool if there is one of this name')
    .option('--set-as-default', 'deployments that name no pool go here')
    .option('--provision-infra', 'make what the pool needs in its cloud');
  addProvisionOptions(command).action(action(around, create));
};

const create: Run<[string], Options> = async (context, options, name) => {
  const client = await context.client();
  const limit = options.concurrencyLimit;
  const settings = {
    description: options.description ?? null,
    is_paused: options.paused ?? false,
    concurrency_limit: limit === undefined ? null : readInteger(limit, '--concurrency-limit', 0),
  };
  const existing = await client.workPools.read(name).catch(absent);
  if (existing && !options.overwrite) {
    throw new Failure(
      `There is a work pool "${name}" already. Change it with \`pushpool work-pool update "${name}"\`, or say --overwrite.`,
    );
  }
  const type = await typeFor(context, await client.server.poolTypes(), existing?.type, options.type);
  const given = existing?.base_job_template ?? type.default_base_job_configuration;
  const asked = (await templateOf(context, client, given, options)) ?? given;
  const provisioned = await provisioning(context, { name, type: type.type, template: asked }, options);
  if (provisioned?.outcome === 'planned') {
    return context.out.result({ name, steps: provisioned.steps }, () => 'Nothing was changed: this was the plan.');
  }
  const template = provisioned?.template ?? asked;
  if (existing) await client.workPools.update(name, { ...settings, base_job_template: template });
  else await client.workPools.create({ ...settings, name, type: type.type, base_job_template: template });
  const pool = await client.workPools.read(name);
  if (options.setAsDefault) writeSetting(context.env, 'PREFECT_DEFAULT_WORK_POOL_NAME', name);
  context.out.note(`${existing ? 'Updated' : 'Created'} work pool "${name}".`);
  if (options.setAsDefault) context.out.note('Deployments that name no pool go to it.');
  if (!isPushPool(pool.type)) {
    context.out.note(`Its runs wait for a worker: prefect worker start --pool "${name}"`);
  }
  if (provisioned?.outcome === 'applied') {
    await recordInfrastructure(client, name, provisioned.there);
    await showNextSteps(context, name, provisioned);
    if (options.smokeTest) await smokeTest(context, client, pool);
  }
  await context.out.result(pool, () => showPool(pool));
};

/** As with Prefect: first the infrastructure, then the pool; a pool that cannot be provisioned, or was declined, is made all the same. */
async function provisioning(
  context: Context,
  pool: { readonly name: string; readonly type: string; readonly template: JsonObject },
  options: Options,
): Promise<Provisioned | null> {
  if (!options.provisionInfra) {
    if (options.dryRun) throw new UsageError('--dry-run shows what --provision-infra would make: give both.');
    return null;
  }
  if (!isProvisioned(pool.type)) {
    context.out.warn(`Automatic infrastructure provisioning is not supported for "${pool.type}" work pools.`);
    return null;
  }
  return provision(context, pool, options);
}

/** The type of an existing pool cannot change, as with Prefect; others are looked up among those that the server knows. */
async function typeFor(
  context: Context,
  types: ReadonlyMap<string, WorkerMetadata>,
  existing: string | undefined,
  given: string | undefined,
): Promise<WorkerMetadata> {
  if (existing !== undefined && given !== undefined && given !== existing) {
    throw new UsageError(`The pool is of the type "${existing}" and stays so. Make another pool for "${given}".`);
  }
  const known = [...types.values()].sort((a, b) => Number(isPushPool(b.type)) - Number(isPushPool(a.type)));
  const wanted =
    existing ??
    given ??
    (await choose(
      context,
      'What runs the flows?',
      known.map(({ type, description }) => ({ name: type, value: type, description })),
      '--type',
    ));
  const type = types.get(wanted);
  if (type) return type;
  throw new UsageError(
    `There is no type of work pool "${wanted}".${hint(wanted, types)} Types are: ${known.map(({ type }) => type).join(', ')}.`,
  );
}

/** `ecs-push` and `ECS:push` are easily typed for `ecs:push`. */
function hint(wanted: string, types: ReadonlyMap<string, WorkerMetadata>): string {
  const plain = (text: string) => text.toLowerCase().replaceAll(/[^a-z0-9]/g, '');
  const meant = [...types.keys()].find(
    (type) => plain(type) === plain(wanted) || plain(type) === plain(`${wanted}push`),
  );
  return meant ? ` Did you mean "${meant}"?` : '';
}

import { type AddCommand, action, addCommand, many, type Run } from '../../command.ts';
import { UsageError } from '../../errors.ts';
import { readInteger } from '../../files.ts';
import { showPool } from './show.ts';
import { type TemplateOptions, templateOf } from './template.ts';

interface Options extends TemplateOptions {
  readonly description?: string;
  readonly concurrencyLimit?: string;
}

export const addUpdate: AddCommand = (group, around) => {
  addCommand(group, 'update <name>', {
    description: 'Change a work pool; what is not named stays as it is.',
    examples: [
      'pushpool work-pool update my-pool --concurrency-limit 10',
      'pushpool work-pool update my-pool --concurrency-limit none',
      'pushpool work-pool update my-pool --variable cpu=512 --credentials aws-credentials/new-keys',
    ],
  })
    .option('--base-job-template <file>', 'a JSON file with the new template')
    .option('--variable <name=value>', 'default of a variable of the template; may be repeated', many)
    .option('--credentials <type/name>', 'block with the credentials of the cloud')
    .option('--description <text>')
    .option('--concurrency-limit <n>', 'how many runs at once; `none` lifts the limit')
    .action(action(around, update));
};

const update: Run<[string], Options> = async (context, options, name) => {
  const client = await context.client();
  const pool = await client.workPools.read(name);
  const template = await templateOf(context, client, pool.base_job_template, options);
  const { description, concurrencyLimit: limit } = options;
  const changes = {
    ...(template && { base_job_template: template }),
    ...(description !== undefined && { description }),
    ...(limit !== undefined && {
      concurrency_limit: limit === 'none' ? null : readInteger(limit, '--concurrency-limit', 0),
    }),
  };
  if (Object.keys(changes).length === 0) {
    throw new UsageError(
      'Say what to change: --description, --concurrency-limit, --variable, --credentials or --base-job-template.',
    );
  }
  await client.workPools.update(name, changes);
  const changed = await client.workPools.read(name);
  context.out.note(`Updated work pool "${name}".`);
  await context.out.result(changed, () => showPool(changed));
};

import { type AddCommand, action, addCommand, many, type Run } from '../../command.ts';
import { table } from '../../output/table.ts';
import { namesOf } from './find.ts';
import { scheduleText } from './schedule/text.ts';

interface Options {
  readonly flow?: string[];
  readonly pool?: string[];
  readonly tag?: string[];
}

export const addLs: AddCommand = (group, around) => {
  addCommand(group, 'ls', {
    description: 'List the deployments.',
    examples: ['pushpool deployment ls', 'pushpool deployment ls --pool my-pool --tag nightly'],
  })
    .option('--flow <name>', 'of this flow; may be repeated', many)
    .option('--pool <name>', 'of this work pool; may be repeated', many)
    .option('--tag <tag>', 'with this tag; may be repeated: all of them', many)
    .action(action(around, ls));
};

const ls: Run<[], Options> = async ({ out, client }, options) => {
  const api = await client();
  const any = (values: string[] | undefined) => (values ? { name: { any_: values } } : null);
  const deployments = await api.deployments.filter({
    flows: any(options.flow),
    work_pools: any(options.pool),
    deployments: options.tag ? { tags: { all_: options.tag } } : null,
    sort: 'NAME_ASC',
  });
  const names = out.json ? [] : await namesOf(api, deployments);
  const rows = deployments.map((deployment, index) => ({ ...deployment, full_name: names[index] ?? '' }));
  await out.result(deployments, () =>
    table(
      rows,
      [
        { head: 'deployment', cell: (row) => row.full_name },
        { head: 'work pool', cell: (row) => row.work_pool_name ?? '-' },
        { head: 'status', cell: (row) => (row.paused ? 'paused' : row.status === 'READY' ? 'ready' : 'not ready') },
        { head: 'schedules', cell: (row) => row.schedules.map(scheduleText).join('; ') || '-' },
        { head: 'tags', cell: (row) => row.tags.join(', ') },
      ],
      'There are no such deployments. Make some: pushpool deploy --all',
    ),
  );
};

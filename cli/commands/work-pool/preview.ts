import { type AddCommand, action, addCommand, type Run } from '../../command.ts';
import { readInteger } from '../../files.ts';
import { table } from '../../output/table.ts';
import { relative } from '../../output/times.ts';

interface Options {
  readonly hours: string;
}

/** More runs than anybody reads. */
const MOST = 1000;

export const addPreview: AddCommand = (group, around) => {
  addCommand(group, 'preview <name>', {
    description: 'List the runs of a work pool that are due soon.',
    examples: ['pushpool work-pool preview my-pool --hours 24'],
  })
    .option('--hours <n>', 'how far to look ahead', '1')
    .action(action(around, preview));
};

const preview: Run<[string], Options> = async ({ out, client }, options, name) => {
  const hours = readInteger(options.hours, '--hours', 1);
  const { workPools, flowRuns } = await client();
  await workPools.read(name); // an unknown pool has no runs either: say that it is unknown
  const now = new Date();
  const before = new Date(now.getTime() + hours * 3_600_000).toISOString();
  const runs = await flowRuns.filter(
    {
      work_pools: { name: { any_: [name] } },
      flow_runs: { state: { type: { any_: ['SCHEDULED'] } }, next_scheduled_start_time: { before_: before } },
      sort: 'NEXT_SCHEDULED_START_TIME_ASC',
    },
    MOST,
  );
  await out.result(runs, () =>
    table(
      runs,
      [
        { head: 'due', cell: (run) => relative(run.next_scheduled_start_time, now) },
        { head: 'at', cell: (run) => run.next_scheduled_start_time ?? '-' },
        { head: 'name', cell: (run) => run.name },
        { head: 'state', cell: (run) => run.state_name ?? '-' },
        { head: 'id', cell: (run) => run.id },
      ],
      `No runs of "${name}" are due within ${hours === 1 ? 'the hour' : `${hours} hours`}.`,
    ),
  );
};

import { InvalidArgumentError } from 'commander';
import type { FlowRun } from '../../../shared/api/client/flow-runs.ts';
import { STATE_TYPES, type StateType } from '../../../shared/domain/states.ts';
import { type AddCommand, action, addCommand, many, type Run } from '../../command.ts';
import { readInteger } from '../../files.ts';
import { table } from '../../output/table.ts';
import { duration, relative } from '../../output/times.ts';
import { colored } from './show.ts';

interface Options {
  readonly limit: string;
  readonly flow?: string[];
  readonly deployment?: string[];
  readonly pool?: string[];
  readonly state?: string[];
  readonly stateType?: StateType[];
}

export const addLs: AddCommand = (group, around) => {
  addCommand(group, 'ls', {
    description: 'List flow runs, the latest first.',
    examples: [
      'pushpool flow-run ls',
      'pushpool flow-run ls --pool my-pool --state Late --state Running',
      'pushpool flow-run ls --deployment nightly --state-type FAILED --limit 50 --json',
    ],
  })
    .option('--limit <n>', 'how many', '15')
    .option('--flow <name>', 'of this flow; may be repeated', many)
    .option('--deployment <name>', 'of deployments of this name; may be repeated', many)
    .option('--pool <name>', 'of this work pool; may be repeated', many)
    .option('--state <name>', 'in a state of this name; may be repeated', many)
    .option('--state-type <type>', 'in a state of this type; may be repeated', stateType)
    .action(action(around, ls));
};

const stateType = (text: string, before: StateType[] = []): StateType[] => {
  const found = STATE_TYPES.find((type) => type === text.toUpperCase());
  if (!found) throw new InvalidArgumentError(`State types are ${STATE_TYPES.join(', ')}.`);
  return [...before, found];
};

const ls: Run<[], Options> = async ({ out, client }, options) => {
  const most = readInteger(options.limit, '--limit', 1);
  const { flowRuns, flows } = await client();
  const any = (values: string[] | undefined) => (values ? { name: { any_: values } } : null);
  const runs = await flowRuns.filter(
    {
      flows: any(options.flow),
      deployments: any(options.deployment),
      work_pools: any(options.pool),
      flow_runs: {
        state: {
          name: options.state ? { any_: options.state } : null,
          type: options.stateType ? { any_: options.stateType } : null,
        },
      },
      sort: 'EXPECTED_START_TIME_DESC',
    },
    most,
  );
  if (out.json) return out.result(runs, () => '');
  const names = new Map(
    (await flows.byIds([...new Set(runs.map((run) => run.flow_id))])).map((flow) => [flow.id, flow.name]),
  );
  const now = new Date();
  await out.result(runs, () =>
    table(
      runs,
      [
        { head: 'id', cell: (run) => run.id },
        { head: 'flow', cell: (run) => names.get(run.flow_id) ?? '-' },
        { head: 'name', cell: (run) => run.name },
        { head: 'state', cell: (run) => colored(out, run) },
        { head: 'when', cell: (run) => relative(timeOf(run), now) },
        { head: 'took', cell: (run) => (run.start_time ? duration(run.estimated_run_time) : '-') },
      ],
      'There are no such flow runs.',
    ),
  );
};

const timeOf = (run: FlowRun) => run.start_time ?? run.expected_start_time;

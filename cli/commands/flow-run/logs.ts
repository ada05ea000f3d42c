import { type AddCommand, action, addCommand, type Run } from '../../command.ts';
import { readInteger } from '../../files.ts';
import { findRun } from './find.ts';
import { followRun } from './follow.ts';
import { logLine } from './log-line.ts';

interface Options {
  readonly limit?: string;
  readonly follow?: boolean;
}

export const addLogs: AddCommand = (group, around) => {
  addCommand(group, 'logs <id>', {
    description: 'Print the log of a flow run, oldest lines first.',
    examples: ['pushpool flow-run logs witty-otter', 'pushpool flow-run logs witty-otter --follow'],
  })
    .option('--limit <n>', 'the first n lines')
    .option('-f, --follow', 'go on until the run has ended')
    .action(action(around, logs));
};

const logs: Run<[string], Options> = async (context, options, idOrName) => {
  const most = options.limit === undefined ? undefined : readInteger(options.limit, '--limit', 1);
  const client = await context.client();
  const run = await findRun(client, idOrName);
  if (options.follow) {
    await followRun(context, client, run.id, { states: false });
    return;
  }
  const lines = await client.logs.ofFlowRun(run.id, most);
  await context.out.result(lines, () =>
    lines.length === 0 ? 'The run has written no log yet.' : lines.map((line) => logLine(context.out, line)).join('\n'),
  );
};

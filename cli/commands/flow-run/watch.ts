import type { Client } from '../../../shared/api/client/client.ts';
import { type AddCommand, action, addCommand, type Run } from '../../command.ts';
import type { Context } from '../../context.ts';
import { Failure } from '../../errors.ts';
import { findRun } from './find.ts';
import { followRun } from './follow.ts';

export const addWatch: AddCommand = (group, around) => {
  addCommand(group, 'watch <id>', {
    description:
      'Print states and log lines of a flow run until it has ended. Exit code 0 says Completed, 1 anything else.',
    examples: ['pushpool flow-run watch witty-otter', 'pushpool flow-run watch witty-otter --json'],
  }).action(action(around, watch));
};

const watch: Run<[string], object> = async (context, _options, idOrName) => {
  const client = await context.client();
  await watchRun(context, client, (await findRun(client, idOrName)).id);
};

/** Throws `Failure` when the run ends other than Completed. */
export async function watchRun(context: Context, client: Client, id: string): Promise<void> {
  const run = await followRun(context, client, id, { states: true });
  if (run.state_type !== 'COMPLETED') throw new Failure(`The flow run "${run.name}" ended as ${run.state_name}.`);
}

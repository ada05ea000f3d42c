import { isTerminal } from '../../../shared/domain/states.ts';
import { type AddCommand, action, addCommand, type Run } from '../../command.ts';
import { Failure } from '../../errors.ts';
import { findRun } from './find.ts';
import { showRun } from './show.ts';
import { watchRun } from './watch.ts';

interface Options {
  readonly watch?: boolean;
}

export const addRetry: AddCommand = (group, around) => {
  addCommand(group, 'retry <id>', {
    description:
      'Start a flow run that has ended once more, under the same id. Tasks with kept results are not repeated.',
    examples: ['pushpool flow-run retry witty-otter --watch'],
  })
    .option('-w, --watch', 'print states and log lines until it has ended')
    .action(action(around, retry));
};

const retry: Run<[string], Options> = async (context, { watch }, idOrName) => {
  const client = await context.client();
  const run = await findRun(client, idOrName);
  if (!isTerminal(run.state_type)) {
    throw new Failure(
      `The flow run "${run.name}" has not ended: it is ${run.state_name}. Only runs that ended are retried.`,
    );
  }
  if (run.deployment_id === null) {
    throw new Failure(`The flow run "${run.name}" was not made by a deployment: nothing here can start it again.`);
  }
  const answer = await client.flowRuns.setState(run.id, {
    state: { type: 'SCHEDULED', name: 'AwaitingRetry', message: 'Retried from the command line' },
    force: true,
  });
  if (answer.status !== 'ACCEPT') {
    const reason = 'reason' in answer.details ? answer.details.reason : null;
    throw new Failure(`The flow run "${run.name}" was not retried: ${reason ?? answer.status}`);
  }
  context.out.note(`The flow run "${run.name}" starts again.`);
  if (watch) return watchRun(context, client, run.id);
  const retried = await client.flowRuns.read(run.id);
  await context.out.result(retried, () => showRun(retried, null, new Date()));
};

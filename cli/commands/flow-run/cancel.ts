import { isTerminal } from '../../../shared/domain/states.ts';
import { type AddCommand, action, addCommand, type Run } from '../../command.ts';
import { Failure } from '../../errors.ts';
import { findRun } from './find.ts';
import { showRun } from './show.ts';

export const addCancel: AddCommand = (group, around) => {
  addCommand(group, 'cancel <id>', {
    description: 'Ask a flow run to stop; its container is stopped when it does not end by itself.',
    examples: ['pushpool flow-run cancel witty-otter'],
  }).action(action(around, cancel));
};

const cancel: Run<[string], object> = async ({ out, client }, _options, idOrName) => {
  const api = await client();
  const run = await findRun(api, idOrName);
  if (isTerminal(run.state_type)) {
    throw new Failure(`The flow run "${run.name}" has ended already, as ${run.state_name}.`);
  }
  const answer = await api.flowRuns.setState(run.id, { state: { type: 'CANCELLING', name: 'Cancelling' } });
  const reason = 'reason' in answer.details ? answer.details.reason : null;
  // A run that was not started has nothing to stop: the server says so by making it Cancelled at once.
  const refused = answer.status === 'ABORT' || (answer.status === 'REJECT' && answer.state?.type !== 'CANCELLED');
  if (refused) throw new Failure(`The flow run "${run.name}" was not cancelled: ${reason ?? answer.status}`);
  const cancelled = await api.flowRuns.read(run.id);
  out.note(`The flow run "${run.name}" is ${cancelled.state_name}.`);
  await out.result(cancelled, () => showRun(cancelled, null, new Date()));
};

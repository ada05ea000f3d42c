import { API_VERSION, PREFECT_VERSION } from '../../shared/domain/prefect-version.ts';
import { type AddCommand, action, addCommand, type Run } from '../command.ts';
import { details } from '../output/table.ts';
import { PUSHPOOL_VERSION } from '../version.ts';

export const addVersionCommand: AddCommand = (program, around) => {
  program.version(PUSHPOOL_VERSION, '-V, --version', "pushpool's version");
  addCommand(program, 'version', {
    description: 'Show the versions of pushpool, of the API that it speaks, and of Node.',
    examples: ['pushpool version', 'pushpool --version'],
  }).action(action(around, version));
};

const version: Run<[], object> = async ({ out }) => {
  const versions = { pushpool: PUSHPOOL_VERSION, prefect: PREFECT_VERSION, api: API_VERSION, node: process.version };
  await out.result(versions, () =>
    details({
      pushpool: versions.pushpool,
      "Prefect's API": `${versions.api} (Prefect ${versions.prefect})`,
      Node: versions.node,
    }),
  );
};

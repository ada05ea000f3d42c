import { type AddCommand, addGroup } from '../../command.ts';
import { addCreate } from './create.ts';
import { addLs } from './ls.ts';
import { addRevoke } from './revoke.ts';

export const addApiKeyCommands: AddCommand = (program, around) => {
  const group = addGroup(
    program,
    'api-key',
    "API keys: by the API for who has an admin's key; the first one with the AWS account's credentials, or on a data folder.",
  );
  for (const add of [addCreate, addLs, addRevoke]) add(group, around);
};

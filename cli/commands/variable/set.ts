import { absent } from '../../absent.ts';
import { type AddCommand, action, addCommand, many, type Run } from '../../command.ts';
import { Failure } from '../../errors.ts';
import { jsonOrText } from '../../files.ts';

interface Options {
  readonly overwrite?: boolean;
  readonly tag?: string[];
}

export const addSet: AddCommand = (group, around) => {
  addCommand(group, 'set <name> <value>', {
    description: 'Make a variable, or change one with --overwrite. A value that is JSON is kept as what it says.',
    examples: [
      'pushpool variable set region eu-central-1',
      'pushpool variable set limits \'{"rows": 1000}\' --overwrite --tag production',
    ],
  })
    .option('--overwrite', 'change the variable if there is one of this name')
    .option('-t, --tag <tag>', 'may be repeated', many)
    .action(action(around, set));
};

const set: Run<[string, string], Options> = async ({ out, client }, options, name, text) => {
  const { variables } = await client();
  const value = jsonOrText(text);
  const tags = options.tag;
  const exists = (await variables.read(name).catch(absent)) !== null;
  if (exists && !options.overwrite) {
    throw new Failure(`There is a variable "${name}" already. Say --overwrite to change it.`);
  }
  if (exists) await variables.update(name, { value, ...(tags && { tags }) });
  else await variables.create({ name, value, tags: tags ?? [] });
  await out.result(await variables.read(name), () => `Set variable "${name}".`);
};

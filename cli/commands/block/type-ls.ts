import { type AddCommand, action, addCommand, type Run } from '../../command.ts';
import { table } from '../../output/table.ts';

export const addTypeLs: AddCommand = (group, around) => {
  addCommand(group, 'ls', { description: 'List the types of blocks.', examples: ['pushpool block type ls'] }).action(
    action(around, ls),
  );
};

const ls: Run<[], object> = async ({ out, client }) => {
  const types = (await (await client()).blocks.types()).sort((a, b) => a.slug.localeCompare(b.slug));
  await out.result(types, () =>
    table(
      types,
      [
        { head: 'slug', cell: ({ slug }) => slug },
        { head: 'name', cell: ({ name }) => name },
        { head: 'description', cell: ({ description }) => firstSentence(description) },
      ],
      'There are no block types.',
    ),
  );
};

const firstSentence = (text: string | null) => (text ?? '').split(/(?<=\.)\s|\n/, 1)[0] ?? '';

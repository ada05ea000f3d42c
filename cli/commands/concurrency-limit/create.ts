import { type AddCommand, action, addCommand, type Run } from '../../command.ts';
import { readInteger } from '../../files.ts';
import { showLimit } from './show.ts';
import { readDecay } from './update.ts';

interface Options {
  readonly limit: string;
  readonly slotDecayPerSecond?: string;
  readonly inactive?: boolean;
}

export const addCreate: AddCommand = (group, around) => {
  addCommand(group, 'create <name>', {
    description: 'Make a limit that flows take slots of by its name.',
    examples: [
      'pushpool concurrency-limit create database --limit 5',
      'pushpool concurrency-limit create api --limit 10 --slot-decay-per-second 0.5',
    ],
  })
    .requiredOption('-l, --limit <n>', 'how many slots')
    .option('--slot-decay-per-second <n>', 'frees slots by time, for rate limits')
    .option('--inactive', 'make it without effect for now')
    .action(action(around, create));
};

const create: Run<[string], Options> = async ({ out, client }, options, name) => {
  const limit = readInteger(options.limit, '--limit', 0);
  const decay = options.slotDecayPerSecond;
  const { concurrencyLimits } = await client();
  const created = await concurrencyLimits.create({
    name,
    limit,
    active: !options.inactive,
    ...(decay !== undefined && { slot_decay_per_second: readDecay(decay) }),
  });
  out.note(`Created concurrency limit "${name}".`);
  await out.result(created, () => showLimit(created));
};

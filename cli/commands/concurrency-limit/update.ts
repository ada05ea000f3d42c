import { Option } from 'commander';
import type { ConcurrencyLimitUpdate } from '../../../shared/api/client/concurrency-limits.ts';
import { type AddCommand, action, addCommand, type Run } from '../../command.ts';
import { UsageError } from '../../errors.ts';
import { readInteger } from '../../files.ts';
import { showLimit } from './show.ts';

interface Options {
  readonly limit?: string;
  readonly slotDecayPerSecond?: string;
  readonly activate?: boolean;
  readonly deactivate?: boolean;
}

export const addUpdate: AddCommand = (group, around) => {
  addCommand(group, 'update <name>', {
    description: 'Change a limit; what is not named stays as it is.',
    examples: [
      'pushpool concurrency-limit update database --limit 8',
      'pushpool concurrency-limit update database --deactivate',
    ],
  })
    .option('-l, --limit <n>', 'how many slots')
    .option('--slot-decay-per-second <n>', 'frees slots by time, for rate limits')
    .addOption(new Option('--activate', 'let it hold back runs').conflicts('deactivate'))
    .option('--deactivate', 'let it hold back nobody')
    .action(action(around, update));
};

const update: Run<[string], Options> = async ({ out, client }, options, name) => {
  const { limit, slotDecayPerSecond: decay, activate, deactivate } = options;
  const changes: ConcurrencyLimitUpdate = {
    ...(limit !== undefined && { limit: readInteger(limit, '--limit', 0) }),
    ...(decay !== undefined && { slot_decay_per_second: readDecay(decay) }),
    ...((activate || deactivate) && { active: Boolean(activate) }),
  };
  if (Object.keys(changes).length === 0) {
    throw new UsageError('Say what to change: --limit, --slot-decay-per-second, --activate or --deactivate.');
  }
  const { concurrencyLimits } = await client();
  await concurrencyLimits.update(name, changes);
  const changed = await concurrencyLimits.read(name);
  out.note(`Updated concurrency limit "${name}".`);
  await out.result(changed, () => showLimit(changed));
};

export function readDecay(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !Number.isFinite(value) || value < 0) {
    throw new UsageError(`--slot-decay-per-second takes a number from 0, not "${text}".`);
  }
  return value;
}

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type CommandLineAtHome, startCommandLine } from './command-line.ts';

let cli: CommandLineAtHome;
beforeAll(async () => {
  cli = await startCommandLine();
});
afterAll(() => cli.close());

describe('pushpool concurrency-limit', () => {
  it('creates, lists and shows a limit', async () => {
    const made = await cli.run(['concurrency-limit', 'create', 'database', '--limit', '5']);

    expect(made).toMatchObject({ exitCode: 0, stderr: 'Created concurrency limit "database".\n' });
    expect((await cli.run(['concurrency-limit', 'ls'])).stdout).toMatch(/^database +5 +0 +yes +-$/m);
    expect((await cli.run(['concurrency-limit', 'inspect', 'database'])).stdout).toMatch(/^Limit: +5$/m);
  });

  it('changes what is named: the limit, whether it holds anybody back, how fast slots come free', async () => {
    await cli.json('concurrency-limit', 'create', 'changing', '--limit', '1', '--inactive');

    const changed = await cli.json(
      ...['concurrency-limit', 'update', 'changing', '--limit', '8', '--activate', '--slot-decay-per-second', '0.5'],
    );

    expect(changed).toMatchObject({ limit: 8, active: true, slot_decay_per_second: 0.5 });
  });

  it('is gone when it is deleted; an unknown one is said with where to look', async () => {
    await cli.json('concurrency-limit', 'create', 'going', '--limit', '1');
    await cli.json('concurrency-limit', 'delete', 'going');

    const { exitCode, stderr } = await cli.run(['concurrency-limit', 'inspect', 'going']);

    expect(exitCode).toBe(1);
    expect(stderr).toContain('`pushpool concurrency-limit ls`');
  });

  it.each([
    [['create', 'x'], "Required option '-l, --limit <n>' not specified"],
    [['create', 'x', '--limit', '-1'], '--limit takes a whole number from 0'],
    [['update', 'x'], 'Say what to change'],
    [['update', 'x', '--slot-decay-per-second', 'fast'], '--slot-decay-per-second takes a number'],
    [['update', 'x', '--activate', '--deactivate'], 'cannot be used with'],
  ])('%s is a wrong call', async (args, sentence) => {
    const { exitCode, stderr } = await cli.run(['concurrency-limit', ...args]);

    expect(exitCode).toBe(2);
    expect(stderr).toContain(sentence);
  });
});

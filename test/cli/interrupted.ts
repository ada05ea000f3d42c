import { expect, vi } from 'vitest';
import { startProcess } from './cli-process.ts';
import type { CommandLineAtHome } from './command-line.ts';

/** A fresh cloud account with its login, beside a home of its own. */
export interface AccountOfSomebody {
  readonly cli: CommandLineAtHome;
  /** Variables of the login and of the cloud's address. */
  readonly env: Readonly<Record<string, string>>;
  /** The calls that changed something in the cloud so far. */
  readonly changes: readonly string[];
  /** Calls back right before the change with this index. */
  before(index: number, then: () => void): void;
  /** All that is there, without what differs from run to run. */
  state(): Promise<unknown>;
  close(): Promise<void>;
}

/**
 * Ctrl-C, as the terminal sends it, while the command line makes what a pool needs: at the changes that `choose` picks by their calls.
 * It says what is there and how to go on; the same command again comes to the end that it comes to undisturbed.
 */
export async function survivesCtrlC(
  open: () => Promise<AccountOfSomebody>,
  create: readonly string[],
  choose: (changes: readonly string[]) => readonly number[],
): Promise<void> {
  const fresh = async <Result>(work: (account: AccountOfSomebody) => Promise<Result>): Promise<Result> => {
    const account = await open();
    try {
      return await work(account);
    } finally {
      await account.close();
    }
  };
  /** In this process, whose libraries are loaded; they read its own variables. */
  const run = async ({ cli, env }: AccountOfSomebody) => {
    for (const [name, value] of Object.entries(env)) vi.stubEnv(name, value);
    const result = await cli.run(create, { env: { ...env, PATH: cli.standInDocker().path } });
    expect(result.exitCode, result.stderr).toBe(0);
  };
  const stateOf = async (account: AccountOfSomebody) => ({
    cloud: await account.state(),
    blocks: (await account.cli.json('block', 'ls')).map(({ name }: { name: string }) => name),
    pools: (await account.cli.json('work-pool', 'ls')).map(({ name }: { name: string }) => name),
  });

  const undisturbed = await fresh(async (account) => {
    await run(account);
    return { state: await stateOf(account), changes: [...account.changes] };
  });
  for (const change of choose(undisturbed.changes)) {
    await fresh(async (account) => {
      const { cli, env } = account;
      const stopped = startProcess(cli.folder, create, { PREFECT_API_URL: cli.home.apiUrl, ...env });
      account.before(change, () => stopped.child.kill('SIGINT'));
      expect(await stopped.ended, `${undisturbed.changes[change]}\n${stopped.output()}`).toBe(130);
      expect(stopped.output()).toContain('Stopping after what is under way.');
      expect(stopped.output()).toMatch(
        /Stopped\. (Nothing was made|Made so far, and kept: .+)\. Run the same command again/,
      );
      expect((await stateOf(account)).pools).toEqual([]);

      await run(account);

      expect(await stateOf(account), undisturbed.changes[change]).toEqual(undisturbed.state);
    });
  }
}

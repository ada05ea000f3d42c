import { expect, it } from 'vitest';
import { applyPlan } from '../../../shared/provision/apply.ts';
import { applyRemoval, planRemoval } from '../../../shared/provision/deprovision.ts';
import { makePlan } from '../../../shared/provision/plan.ts';
import type { ProvisionContext, Provisioner } from '../../../shared/provision/resource.ts';

/** A fresh account of a cloud whose changes can be refused, one by one. */
export interface AccountUnderTest<Context> {
  context(removing?: boolean): Context;
  /** The calls that changed something so far. */
  readonly changes: readonly string[];
  /**
   * From now on the change with this index is refused: once and for all, or so many times; or it is made, and its answer is lost, once.
   * Null disturbs nothing more.
   */
  refuse(index: number | null, how: 'denied' | 'throttled' | 'lost'): void;
  /** All that is there, without what differs from run to run. */
  state(): Promise<unknown>;
  close(): Promise<void>;
}

/** How often a throttled call is refused before it passes. */
export const THROTTLED_TIMES = 2;

/**
 * The table of a provisioner: it is refused and throttled at each of its changes, making and removing, and must come to the end that it
 * comes to undisturbed. What exists before change k and does not after it is every half-made account there is. `every`: one change in
 * so many, where a change is slow; all of them with PUSHPOOL_EVERY_STEP=1.
 */
export function comesToOneEnd<Context extends ProvisionContext>(
  provisioner: Provisioner<Context>,
  open: () => Promise<AccountUnderTest<Context>>,
  { timeout, every, losesAnswers = false }: { timeout: number; every: number; losesAnswers?: boolean },
): void {
  const step = process.env['PUSHPOOL_EVERY_STEP'] ? 1 : every;
  const provision = async (account: AccountUnderTest<Context>) => {
    const context = account.context();
    await applyPlan(provisioner, context, await makePlan(provisioner, context));
  };
  const remove = async (account: AccountUnderTest<Context>) => {
    const context = account.context(true);
    await applyRemoval(provisioner, context, await planRemoval(provisioner, context));
  };
  const fresh = async <Result>(work: (account: AccountUnderTest<Context>) => Promise<Result>): Promise<Result> => {
    const account = await open();
    try {
      return await work(account);
    } finally {
      await account.close();
    }
  };
  const undisturbed = () =>
    fresh(async (account) => {
      await provision(account);
      const [made, makes] = [await account.state(), account.changes.length];
      await remove(account);
      return { made, makes, left: await account.state(), removes: account.changes.length - makes };
    });

  it(
    'says what is not allowed at whichever change it is, and goes on to the same end when it is allowed',
    async () => {
      const { made, makes } = await undisturbed();
      for (let change = 0; change < makes; change += step) {
        await fresh(async (account) => {
          account.refuse(change, 'denied');
          const failure = await provision(account).then(
            () => null,
            (error: Error) => error,
          );
          const stopped = account.changes.length;
          account.refuse(null, 'denied');
          await provision(account);

          expect(stopped, `change ${change}`).toBe(change);
          expect(failure?.message).toMatch(
            / failed: .*(Nothing was made|Made so far, and kept).* Run the same command again/,
          );
          expect(await account.state(), failure?.message).toEqual(made);
        });
      }
    },
    timeout,
  );

  it(
    'does not mind being throttled at whichever change it is',
    async () => {
      const { made, makes } = await undisturbed();
      for (let change = 0; change < makes; change += step) {
        await fresh(async (account) => {
          account.refuse(change, 'throttled');
          await provision(account);

          expect(await account.state(), `change ${change}`).toEqual(made);
          expect(account.changes.length).toBe(makes);
        });
      }
    },
    timeout,
  );

  it.runIf(losesAnswers)(
    'makes nothing twice when the answer to whichever change it is was lost',
    async () => {
      const { made, makes } = await undisturbed();
      for (let change = 0; change < makes; change += step) {
        await fresh(async (account) => {
          account.refuse(change, 'lost');
          await provision(account);

          expect(await account.state(), `change ${change}: ${account.changes[change]}`).toEqual(made);
        });
      }
    },
    timeout,
  );

  it(
    'is removed to the same end, wherever the removal is refused at first',
    async () => {
      const { makes, removes, left } = await undisturbed();
      for (let change = makes; change < makes + removes; change += step) {
        await fresh(async (account) => {
          await provision(account);
          account.refuse(change, 'denied');
          await expect(remove(account), `change ${change}`).rejects.toThrow(/^Removing .* failed: /);
          account.refuse(null, 'denied');
          await remove(account);

          expect(await account.state(), `change ${change}`).toEqual(left);
        });
      }
    },
    timeout,
  );
}

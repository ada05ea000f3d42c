import { expect, it } from 'vitest';
import { applyPlan } from '../../../shared/provision/apply.ts';
import { applyRemoval, planRemoval } from '../../../shared/provision/deprovision.ts';
import { makePlan, type PlannedStep } from '../../../shared/provision/plan.ts';
import type { ProvisionContext, Provisioner } from '../../../shared/provision/resource.ts';

/** A fresh account of a cloud that several pools share; only the marks on what is made tell whose it is. */
export interface SharedAccount<Context> {
  context(of: { pool: string; names: Readonly<Record<string, string>>; removing: boolean }): Context;
  /** All that is there, without what differs from run to run. */
  state(): Promise<unknown>;
  close(): Promise<void>;
}

/** The names that somebody chooses instead of the defaults, by key: as short as the key, and good for every cloud. */
const chosen = (key: string): string => `mine${key.toLowerCase()}`;

/**
 * The table of a provisioner: a name that somebody else has, names of one's own, everything there already. `unused`: keys of names
 * that this account needs nothing for.
 */
export function minds<Context extends ProvisionContext>(
  provisioner: Provisioner<Context>,
  open: () => Promise<SharedAccount<Context>>,
  { timeout, unused = [] }: { readonly timeout: number; readonly unused?: readonly string[] },
): void {
  const fresh = async (work: (account: SharedAccount<Context>) => Promise<void>): Promise<void> => {
    const account = await open();
    try {
      await work(account);
    } finally {
      await account.close();
    }
  };
  const defaults = (pool: string) =>
    Object.fromEntries(provisioner.questions.map(({ key, defaultName }) => [key, defaultName(pool)]));
  const provision = async (account: SharedAccount<Context>, pool: string, names = defaults(pool)) => {
    const context = account.context({ pool, names, removing: false });
    const plan = await makePlan(provisioner, context);
    await applyPlan(provisioner, context, plan);
    return plan;
  };
  const remove = async (account: SharedAccount<Context>, pool: string, names = defaults(pool)) => {
    const context = account.context({ pool, names, removing: true });
    await applyRemoval(provisioner, context, await planRemoval(provisioner, context));
  };
  const made = (plan: readonly PlannedStep[]) => plan.filter(({ action }) => action === 'create').map(({ id }) => id);

  it(
    'uses what another pool has of the same name, and leaves all of it when it is removed',
    () =>
      fresh(async (account) => {
        await provision(account, 'theirs');
        const before = await account.state();

        const plan = await provision(account, 'mine');
        const shared = await account.state();
        await remove(account, 'mine');

        expect(made(plan)).toEqual(['credentials-block']);
        expect(shared).not.toEqual(before);
        expect(await account.state()).toEqual(before);
      }),
    timeout,
  );

  it(
    'makes everything under the names that are chosen, finds it by them, and nothing by the defaults',
    () =>
      fresh(async (account) => {
        const names = Object.fromEntries(provisioner.questions.map(({ key }) => [key, chosen(key)]));
        for (const { key, check } of provisioner.questions) expect(check(names[key]!), key).toBeNull();

        const plan = await provision(account, 'mine', names);
        const state = JSON.stringify(await account.state());
        const again = await provision(account, 'mine', names);
        const lines = plan.map(({ line }) => line).join('\n');

        expect(made(plan).length).toBeGreaterThan(5);
        expect(made(again)).toEqual([]);
        for (const [key, name] of Object.entries(names).filter(([each]) => !unused.includes(each))) {
          expect(`${lines}${state}`, key).toContain(name);
          expect(state, key).not.toContain(`${defaults('mine')[key]}"`);
        }
      }),
    timeout,
  );
}

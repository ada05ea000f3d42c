import { setTimeout as sleep } from 'node:timers/promises';
import type { PoolProvisioned } from '../../shared/api/schemas/ui.ts';
import type { JsonObject } from '../../shared/domain/json/json.ts';
import { applyPlan } from '../../shared/provision/apply.ts';
import { keptText } from '../../shared/provision/failure.ts';
import { makePlan, type PlannedStep, planText } from '../../shared/provision/plan.ts';
import type { ProvisionContext, Registry } from '../../shared/provision/resource.ts';
import { thing } from '../../shared/provision/thing.ts';
import { confirm } from '../ask.ts';
import type { Context } from '../context.ts';
import { UsageError } from '../errors.ts';
import type { Account } from './account.ts';
import { ACCOUNTS } from './accounts.ts';
import { serverBlocks } from './blocks.ts';
import { deployScript } from './deploy-script.ts';
import { interruptible } from './interruptible.ts';
import { chooseNames } from './names.ts';
import { onThisMachine } from './on-this-machine.ts';
import type { ProvisionOptions } from './options.ts';
import { placeOfPool } from './place-of-pool.ts';
import { recordedNames, recordInfrastructure } from './record.ts';
import { useRegistry } from './registry.ts';

export interface Provisioned {
  /** `applied`: the template points at what is there now. */
  readonly outcome: 'applied' | 'declined' | 'planned';
  readonly template: JsonObject;
  readonly steps: readonly PlannedStep[];
  /** Where it is, a line for each thing that is there now, which the pool's page shows, and the names that were chosen. */
  readonly there: PoolProvisioned;
  readonly registry: Registry | null;
  /** For people. */
  readonly notes: readonly string[];
}

/** Whether pools of this type can be provisioned. */
export const isProvisioned = (type: string): boolean => type in ACCOUNTS;

/** Throws `UsageError` for a type that nothing is provisioned for. */
export function requireProvisioned(type: string): void {
  if (isProvisioned(type)) return;
  const types = Object.keys(ACCOUNTS).join(', ');
  throw new UsageError(`Nothing can be provisioned for work pools of the type "${type}", only for: ${types}.`);
}

/** The account of the pool's cloud with names chosen, ready to plan. */
export async function openAccount(
  context: Context,
  pool: { readonly name: string; readonly type: string; readonly template?: JsonObject },
  options: ProvisionOptions,
  { removing = false } = {},
): Promise<{ readonly account: Account; readonly provisioning: ProvisionContext }> {
  requireProvisioned(pool.type);
  const client = await context.uninterruptedClient();
  const account = await (context.accounts?.[pool.type] ?? ACCOUNTS[pool.type]!)(context, {
    ...(pool.template && (await placeOfPool(client, pool.template))),
    ...options,
  });
  const before = await recordedNames(client, pool.name);
  const names = await chooseNames(context, account.provisioner.questions, pool.name, before, options);
  const provisioning = account.context({
    pool: pool.name,
    names,
    found: new Map(),
    blocks: serverBlocks(client),
    sleep: (seconds) => sleep(seconds * 1000, undefined, { signal: context.signal }),
    rotating: options.rotateKey ?? false,
    removing,
  });
  return { account, provisioning };
}

/**
 * Plans, shows, asks, makes: what a push work pool needs in its cloud. The template that comes back has the defaults that point
 * at it; storing it is the caller's. May be run again after any failure.
 */
export async function provision(
  context: Context,
  pool: { readonly name: string; readonly type: string; readonly template: JsonObject },
  options: ProvisionOptions,
): Promise<Provisioned> {
  const { account, provisioning } = await openAccount(context, pool, options);
  const { provisioner } = account;
  const steps = await context.out.during('Looking at what is there', () => makePlan(provisioner, provisioning));
  const place = provisioner.place(provisioning);
  context.out.note(`\n${planText(pool.name, place, steps)}\n`);
  for (const warning of provisioner.warnings?.(provisioning) ?? []) context.out.warn(warning);
  if (onThisMachine(context.apiUrl())) context.out.warn(unreachable(context.apiUrl()));
  const names = { ...provisioning.names };
  const thingsOf = (some: readonly PlannedStep[]) => some.flatMap(({ line }) => (line === null ? [] : [thing(line)]));
  const there = { place, things: thingsOf(steps), names };
  const untouched = { template: pool.template, steps, there, registry: null, notes: [] };
  if (options.dryRun) return { ...untouched, outcome: 'planned' };
  if (options.rotateKey && !steps.some(({ action }) => action === 'rotate')) {
    throw new UsageError(`Work pool "${pool.name}" stores no key: there is nothing to replace.`);
  }
  const needed = steps.some(({ action }) => action !== 'reuse');
  if (needed && !(await confirm(context, 'Proceed with infrastructure provisioning?', options))) {
    return { ...untouched, outcome: 'declined' };
  }
  if (needed) {
    // The names first: whoever goes on after a failure finds what this run has made.
    const things = thingsOf(steps.filter(({ action }) => action !== 'create'));
    await recordInfrastructure(await context.uninterruptedClient(), pool.name, { place, things, names });
  }
  const made: string[] = [];
  const apply = (step: (text: string) => void) =>
    applyPlan(provisioner, provisioning, steps, ({ action, line }, state, text) => {
      if (action === 'create' && state === 'done' && line !== null) made.push(line);
      context.signal.throwIfAborted();
      if (action !== 'reuse' && state === 'begun') step(text);
    });
  await interruptible(
    context,
    () => context.out.during('Provisioning infrastructure', apply),
    () => keptText(made),
  );
  return {
    outcome: 'applied',
    template: provisioner.template(provisioning, pool.template),
    steps,
    there,
    registry: provisioner.registry?.(provisioning) ?? null,
    notes: provisioner.notes?.(provisioning) ?? [],
  };
}

const unreachable = (apiUrl: string): string =>
  `Containers in the cloud report to pushpool, and ${apiUrl} can be reached from this machine alone: flows in Python would start there and not get on. Put pushpool where they reach it: in AWS, or \`pushpool dev --auth --host …\` at an address of its own.`;

/** What to do with a pool that has its infrastructure; as Prefect does, its registry becomes the one that images are built for. */
export async function showNextSteps(context: Context, pool: string, { registry, notes }: Provisioned): Promise<void> {
  const { out } = context;
  out.note(`Infrastructure successfully provisioned for "${pool}".`);
  if (registry) await useRegistry(context, registry);
  for (const note of notes) out.note(note);
  out.note('\nNext:');
  out.note(`  - See that it works: pushpool work-pool smoke-test "${pool}"`);
  out.note(`  - Deploy a flow: pushpool deploy flow.py:my_flow -n my-deployment --pool "${pool}" --image IMAGE`);
  const script = deployScript(pool, registry?.image ?? 'REGISTRY/my-image:latest');
  out.note(
    `  - Or build and deploy with Prefect, by a script such as this:\n\n${script.replaceAll(/^(?=.)/gm, '    ')}\n`,
  );
}

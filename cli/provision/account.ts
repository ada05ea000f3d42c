import type { ProvisionContext, Provisioner } from '../../shared/provision/resource.ts';

/** What every context needs before the account is known. */
export type Base = Pick<ProvisionContext, 'pool' | 'names' | 'found' | 'blocks' | 'sleep' | 'rotating' | 'removing'>;

/** Somebody's account of a cloud, logged in, and the provisioner that works in it. */
export interface Account {
  // The context's type belongs to the provisioner and to nobody else.
  // biome-ignore lint/suspicious/noExplicitAny: each cloud's context is its own
  readonly provisioner: Provisioner<any>;
  /** Completes what is common to all clouds. */
  context(base: Base): ProvisionContext;
}

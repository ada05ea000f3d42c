/**
 * Who holds a slot, in at most 40 bytes (rule 21): a letter for the kind and the UUID as base64url. `lease` is a lease of
 * Prefect's API, `task` a task run of its first API, `run` a flow run of a push pool with the number of its stay in the slot.
 */
export type HolderKind = 'lease' | 'task' | 'run';

const LETTERS: Record<HolderKind, string> = { lease: 'l', task: 't', run: 'r' };
/** The one holder of all slots that were taken without saying by whom. */
export const ANONYMOUS = '*';

export function holderId(kind: HolderKind, uuid: string, stay?: number): string {
  const id = Buffer.from(uuid.replaceAll('-', ''), 'hex').toString('base64url');
  return `${LETTERS[kind]}${id}${stay === undefined ? '' : `.${stay}`}`;
}

/** The UUID of a holder of a kind; null for others. */
export function holderUuid(kind: HolderKind, id: string): string | null {
  if (!id.startsWith(LETTERS[kind])) return null;
  const hex = Buffer.from(id.slice(1).split('.')[0] ?? '', 'base64url').toString('hex');
  return hex.length === 32 ? hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5') : null;
}

/** One line of `doctor`: what was looked at, what was found, and what to do about it. */
export interface Finding {
  /** Two or three words. */
  readonly check: string;
  readonly verdict: 'ok' | 'warning' | 'problem' | 'skipped';
  readonly found: string;
  /** Null when there is nothing to do. */
  readonly remedy: string | null;
}

export const ok = (check: string, found: string): Finding => ({ check, verdict: 'ok', found, remedy: null });
export const skipped = (check: string, found: string): Finding => ({ check, verdict: 'skipped', found, remedy: null });
export const warning = (check: string, found: string, remedy: string): Finding => ({
  ...{ check, verdict: 'warning', found, remedy },
});
export const problem = (check: string, found: string, remedy: string): Finding => ({
  ...{ check, verdict: 'problem', found, remedy },
});

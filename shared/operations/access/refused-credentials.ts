import { ClientError } from '../../domain/errors.ts';
import type { App } from '../app.ts';

/** Wrong credentials that one address may send in a window; then it waits for the window's end. */
const PER_ADDRESS = 20;
const WINDOW_SECONDS = 60;
/** Addresses remembered at once; the oldest give way. */
const ADDRESSES = 10_000;

interface Window {
  refused: number;
  readonly ends: number;
}

const windows = new WeakMap<App['store'], Map<string, Window>>();

/**
 * Throws 429 when the address has sent too many wrong credentials: they cost a read each, and nobody who has a key sends
 * twenty wrong ones a minute. Counted per process: keys are too long to be guessed, this only keeps guessing cheap for us.
 */
export function assertNotBlocked(app: App, address: string): void {
  const now = app.clock.now().getTime();
  const window = windows.get(app.store)?.get(address);
  if (!window || window.ends <= now || window.refused < PER_ADDRESS) return;
  throw new ClientError(
    'too-many',
    'Too many wrong credentials came from this address. Wait a minute, then send a valid key.',
    {
      details: { retryAfterSeconds: Math.ceil((window.ends - now) / 1000) },
    },
  );
}

export function noteRefused(app: App, address: string): void {
  const now = app.clock.now().getTime();
  const known = windows.get(app.store) ?? new Map<string, Window>();
  windows.set(app.store, known);
  const window = known.get(address);
  if (window && window.ends > now) {
    window.refused++;
    return;
  }
  if (known.size >= ADDRESSES) known.delete(known.keys().next().value!);
  known.delete(address);
  known.set(address, { refused: 1, ends: now + WINDOW_SECONDS * 1000 });
}

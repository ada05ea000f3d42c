import type { ProvisionContext } from './resource.ts';

const LOOKS = 20;
const SECONDS_BETWEEN = 3;

/**
 * Tries a new key until its cloud accepts it, which takes some seconds after it was made; a run submitted before that would hold back
 * its whole pool. Throws what the cloud says after a minute.
 */
export async function untilAccepted(context: ProvisionContext, signIn: () => Promise<unknown>): Promise<void> {
  for (let look = 1; ; look++) {
    try {
      await signIn();
      return;
    } catch (error) {
      if (look >= LOOKS) throw error;
      await context.sleep(SECONDS_BETWEEN);
    }
  }
}

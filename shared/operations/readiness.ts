import { keys } from '../store/keys.ts';
import type { App } from './app.ts';

/** True when the table answers. Never throws: the reason goes to the log. */
export async function isReady(app: App): Promise<boolean> {
  try {
    await app.store.table.get(keys.setting('readiness'));
    return true;
  } catch (error) {
    app.log({ message: 'not ready', error: String(error) });
    return false;
  }
}

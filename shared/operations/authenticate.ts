import { ClientError } from '../domain/errors.ts';
import type { Principal } from '../domain/principal.ts';
import type { App } from './app.ts';

/** Who sent this `Authorization` header (`Bearer <key>`, or `Basic` of Prefect's auth string). Throws 401. */
export async function authenticate(app: App, authorization: string | undefined): Promise<Principal> {
  if (!app.settings.authRequired) return { kind: 'anonymous' };
  if (!authorization) throw new ClientError('unauthenticated', 'Unauthorized');
  throw new ClientError('unauthenticated', 'Unauthorized');
}

import { createHash, randomBytes } from 'node:crypto';
import type { ApiKey } from '../../domain/api-key.ts';
import { ClientError, notFound } from '../../domain/errors.ts';
import { type App, toTimestamp } from '../app.ts';

/** What making a key needs; the CLI has no more than this. */
type KeyApp = Pick<App, 'store' | 'clock'>;

export const hashApiKey = (key: string): string => createHash('sha256').update(key).digest('hex');

/**
 * Makes an API key and returns it: the only time it is seen. `expiresInDays` null means never. Throws 409 when the name is
 * taken. Not for repeating: a second call makes a second key or fails.
 */
export async function createApiKey(
  app: KeyApp,
  options: { readonly name: string; readonly role: ApiKey['role']; readonly expiresInDays?: number | null },
): Promise<{ key: string; apiKey: ApiKey }> {
  const key = `ppk_${randomBytes(24).toString('base64url')}`;
  const now = app.clock.now();
  const apiKey: ApiKey = {
    id: hashApiKey(key),
    name: options.name,
    role: options.role,
    created: toTimestamp(now),
    expires: options.expiresInDays ? toTimestamp(new Date(now.getTime() + options.expiresInDays * 86_400_000)) : null,
    revoked: null,
  };
  const { created } = await app.store.apiKeys.create(apiKey);
  if (!created)
    throw new ClientError('conflict', `An API key named "${options.name}" exists already. Choose another name.`);
  return { key, apiKey };
}

/** All keys by name, revoked and expired ones included; never the key itself. */
export async function listApiKeys(app: KeyApp): Promise<ApiKey[]> {
  const found: ApiKey[] = [];
  for await (const key of app.store.apiKeys.list()) found.push(key);
  return found;
}

/** Refuses the key from now on (callers that cache notice within seconds). Safe to repeat. Throws 404. */
export async function revokeApiKey(app: KeyApp, name: string): Promise<void> {
  const key = await app.store.apiKeys.getByName(name);
  if (!key) throw notFound(`API key "${name}" not found.`);
  await app.store.apiKeys.update(key.id, (doc) => ({ ...doc, revoked: doc.revoked ?? toTimestamp(app.clock.now()) }));
}

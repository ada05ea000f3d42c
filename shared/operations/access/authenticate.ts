import type { ApiKey } from '../../domain/api-key.ts';
import { ClientError } from '../../domain/errors.ts';
import type { FlowRunDocument } from '../../domain/flow-run-life.ts';
import type { Principal } from '../../domain/principal.ts';
import type { App } from '../app.ts';
import { hashApiKey } from './api-keys.ts';
import { readRunToken, tokenLives } from './run-tokens.ts';

/** How long an API key is believed without asking the table; a revoked one is refused after this. */
const CACHE_SECONDS = 10;
const cache = new WeakMap<App['store'], Map<string, { key: ApiKey | null; until: number }>>();

/**
 * Who sent this `Authorization` header: `Bearer <key>`, or `Basic` of Prefect's auth string, where the string is the key or
 * the token of a run. In an open home nobody needs one, but a run's token is believed all the same. Throws 401.
 */
export async function authenticate(app: App, authorization: string | undefined): Promise<Principal> {
  return authenticateToken(app, tokenOf(authorization));
}

/** The same for a bare token, as the sockets send it in their first message. Throws 401. */
export async function authenticateToken(app: App, token: string | null): Promise<Principal> {
  const principal = token ? ((await runPrincipal(app, token)) ?? (await keyPrincipal(app, token))) : null;
  if (principal) return principal;
  if (!app.settings.authRequired) return { kind: 'anonymous' };
  throw new ClientError('unauthenticated', 'Unauthorized');
}

function tokenOf(authorization: string | undefined): string | null {
  const [scheme = '', value = ''] = (authorization ?? '').split(' ');
  if (scheme.toLowerCase() === 'bearer') return value || null;
  if (scheme.toLowerCase() === 'basic') return Buffer.from(value, 'base64').toString() || null;
  return null;
}

/** A run's token lives as long as its container may speak; its first use is noted on the run (verdict: "never spoke"). */
async function runPrincipal(app: App, token: string): Promise<Principal | null> {
  const subject = await readRunToken(app, token);
  if (!subject) return null;
  const doc = await app.store.flowRuns.get(subject.flowRunId);
  if (!doc || !tokenLives(doc, subject.attempt, app.clock.now())) return null;
  if (doc.life.attempt === subject.attempt && !doc.life.spoke) await noteFirstWord(app, doc);
  return { kind: 'run', ...subject };
}

async function noteFirstWord(app: App, { id, life }: FlowRunDocument): Promise<void> {
  await app.store.flowRuns.update(id, (doc) =>
    doc.life.attempt === life.attempt && !doc.life.spoke ? { ...doc, life: { ...doc.life, spoke: true } } : null,
  );
}

async function keyPrincipal(app: App, token: string): Promise<Principal | null> {
  const now = app.clock.now();
  const key = await readKey(app, hashApiKey(token), now);
  if (!key || key.revoked || (key.expires && new Date(key.expires) <= now)) return null;
  return { kind: 'api-key', keyId: key.id, role: key.role };
}

async function readKey(app: App, id: string, now: Date): Promise<ApiKey | null> {
  const known = cache.get(app.store) ?? new Map<string, { key: ApiKey | null; until: number }>();
  cache.set(app.store, known);
  const hit = known.get(id);
  if (hit && hit.until > now.getTime()) return hit.key;
  const key = await app.store.apiKeys.get(id);
  if (known.size > 10_000) known.clear();
  if (key) known.set(id, { key, until: now.getTime() + CACHE_SECONDS * 1000 });
  return key;
}

import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { Env } from '../settings/settings.ts';

/** What `gcloud config set` has stored in the active configuration, e.g. `run/region`; `gcloud` itself is not needed. */
export function gcloudProperty(env: Env, section: string, name: string): string | null {
  const fromEnv = env[`CLOUDSDK_${section}_${name}`.toUpperCase()];
  if (fromEnv) return fromEnv;
  const folder = env['CLOUDSDK_CONFIG'] ?? path.join(env['HOME'] ?? '', '.config/gcloud');
  const active = read(path.join(folder, 'active_config')).trim() || 'default';
  const text = read(path.join(folder, `configurations/config_${active}`));
  const [, body = ''] = new RegExp(`^\\[${section}\\]\\n((?:(?!\\[).*\\n?)*)`, 'm').exec(text) ?? [];
  return new RegExp(`^${name}\\s*=\\s*(\\S+)`, 'm').exec(body)?.[1] ?? null;
}

const read = (file: string): string => (existsSync(file) ? readFileSync(file, 'utf8') : '');

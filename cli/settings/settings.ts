import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';
import { Failure } from '../errors.ts';
import { readTables, type TomlTables, withValue } from './toml.ts';

export type Env = Readonly<Record<string, string | undefined>>;

/** What pushpool reads of Prefect's settings; others belong to `prefect config`. */
export const SETTINGS = {
  PREFECT_API_URL: 'address of the API, with /api',
  PREFECT_API_KEY: 'API key, made with `pushpool api-key create`',
  PREFECT_API_AUTH_STRING: 'what a client sends instead of a key; wins over it',
  PREFECT_DEFAULT_WORK_POOL_NAME: 'work pool of deployments that name none',
  PREFECT_DEFAULT_DOCKER_BUILD_NAMESPACE: 'registry that built images are named for',
} as const;
export type SettingName = keyof typeof SETTINGS;
export const SECRET_SETTINGS: ReadonlySet<string> = new Set(['PREFECT_API_KEY', 'PREFECT_API_AUTH_STRING']);

/** Prefect's newer names of the same settings. */
const OTHER_NAMES: Partial<Record<SettingName, string>> = {
  PREFECT_DEFAULT_WORK_POOL_NAME: 'PREFECT_DEPLOYMENTS_DEFAULT_WORK_POOL_NAME',
  PREFECT_DEFAULT_DOCKER_BUILD_NAMESPACE: 'PREFECT_DEPLOYMENTS_DEFAULT_DOCKER_BUILD_NAMESPACE',
};

/** Where `pushpool dev` listens when nothing else is said. */
export const LOCAL_API_URL = 'http://127.0.0.1:4200/api';
/** The profile that `config set` makes when there is no profiles file. */
const NEW_PROFILE = 'pushpool';

export interface Setting {
  readonly value: string;
  /** For people: where it was read. */
  readonly source: string;
}

export interface Settings {
  readonly profilesFile: string;
  /** Null when there is no profiles file, or none of its profiles is active. */
  readonly profile: string | null;
  get(name: SettingName): Setting | null;
}

/** Reads as Prefect does: the environment, then the active profile of `$PREFECT_HOME/profiles.toml`. Throws when PREFECT_PROFILE names none. */
export function readSettings(env: Env): Settings {
  const profilesFile = profilesFileOf(env);
  const tables = existsSync(profilesFile) ? readTables(readFileSync(profilesFile, 'utf8')) : null;
  const profile = activeProfile(env, tables, profilesFile);
  const values = profile === null ? undefined : tables?.get(`profiles.${profile}`);
  return {
    profilesFile,
    profile,
    get(name) {
      for (const key of [name, OTHER_NAMES[name]]) {
        if (key === undefined) continue;
        if (env[key]) return { value: env[key], source: `the environment variable ${key}` };
        const value = values?.get(key);
        if (value) return { value, source: `the profile ${profile} in ${profilesFile}` };
      }
      return name === 'PREFECT_API_URL' ? { value: LOCAL_API_URL, source: 'the default' } : null;
    },
  };
}

/** Writes a setting into the active profile, or removes it (`null`); makes the file and a profile when there is none. Answers the file. */
export function writeSetting(env: Env, name: SettingName, value: string | null): { file: string; profile: string } {
  const { profilesFile: file, profile: active } = readSettings(env);
  let text = existsSync(file) ? readFileSync(file, 'utf8') : '';
  const profile = active ?? NEW_PROFILE;
  if (active === null) text = withValue(text, '', 'active', profile);
  text = withValue(text, `profiles.${profile}`, name, value);
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, text, { mode: 0o600 });
  return { file, profile };
}

function profilesFileOf(env: Env): string {
  const home = env['HOME'] ?? homedir();
  const folder = env['PREFECT_HOME']?.replace(/^~(?=$|\/)/, home) ?? path.join(home, '.prefect');
  return env['PREFECT_PROFILES_PATH'] ?? path.join(folder, 'profiles.toml');
}

function activeProfile(env: Env, tables: TomlTables | null, file: string): string | null {
  const wanted = env['PREFECT_PROFILE'];
  if (wanted && !tables?.has(`profiles.${wanted}`)) {
    const known = [...(tables?.keys() ?? [])]
      .filter((name) => name.startsWith('profiles.'))
      .map((name) => name.slice(9));
    throw new Failure(
      `PREFECT_PROFILE names the profile "${wanted}", which is not in ${file}. ${known.length > 0 ? `There are: ${known.join(', ')}.` : 'It has no profiles.'}`,
    );
  }
  return wanted || tables?.get('')?.get('active') || null;
}

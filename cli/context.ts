import type { Client } from '../shared/api/client/client.ts';
import { UsageError } from './errors.ts';
import { createOutput, type Output, type TextSink } from './output/output.ts';
import type { Account } from './provision/account.ts';
import type { ProvisionOptions } from './provision/options.ts';
import { type Env, readSettings, type Settings } from './settings/settings.ts';

/** What the process gives to the command line; tests give their own. */
export interface Surroundings {
  readonly stdout: TextSink;
  readonly stderr: TextSink;
  readonly env: Env;
  /** Where relative paths begin. */
  readonly cwd: string;
  /** Aborted by Ctrl-C. */
  readonly signal: AbortSignal;
  /** Somebody is there to answer questions. */
  readonly interactive: boolean;
  /** How accounts of clouds are opened, by type of work pool; the real ones when absent. */
  readonly accounts?: Readonly<Record<string, OpenAccount>>;
}

/** Logs in to somebody's account of a cloud. Throws `UsageError` or `Failure` that says how to log in, or which option is missing. */
export type OpenAccount = (context: Context, options: ProvisionOptions) => Promise<Account>;

/** Options that every command takes. */
export interface CommonOptions {
  readonly json?: boolean;
  readonly apiUrl?: string;
  readonly color?: boolean;
}

/** What a command works with; made anew for every call of the command line. */
export interface Context extends Omit<Surroundings, 'stdout' | 'stderr'> {
  readonly out: Output;
  /** Throws when PREFECT_PROFILE names a profile that is not there. */
  settings(): Settings;
  /** The API that the settings name; loads at first use. Throws `UsageError` for an address that cannot be one. */
  client(): Promise<Client>;
  /** The same API, for calls that are not left halfway: Ctrl-C does not end them. */
  uninterruptedClient(): Promise<Client>;
  /** The address that calls go to. */
  apiUrl(): string;
}

export function createContext(around: Surroundings, options: CommonOptions): Context {
  const { stdout, stderr, ...rest } = around;
  const json = options.json ?? false;
  const color = options.color !== false && !around.env['NO_COLOR'] && stdout.isTTY === true && !json;
  let settings: Settings | undefined;
  let client: Promise<Client> | undefined;
  const readOnce = () => {
    settings ??= readSettings(around.env);
    return settings;
  };
  const apiUrl = () => checkedUrl(options.apiUrl ?? readOnce().get('PREFECT_API_URL')?.value ?? '');
  const open = async (signal?: AbortSignal) => {
    const { openClient } = await import('../shared/api/client/client.ts');
    return openClient({
      apiUrl: apiUrl(),
      apiKey: readOnce().get('PREFECT_API_KEY')?.value ?? null,
      authString: readOnce().get('PREFECT_API_AUTH_STRING')?.value ?? null,
      ...(signal && { signal }),
    });
  };
  return {
    ...rest,
    out: createOutput(stdout, stderr, { json, color }),
    settings: readOnce,
    apiUrl,
    client: () => {
      client ??= open(around.signal);
      return client;
    },
    uninterruptedClient: () => open(),
  };
}

function checkedUrl(text: string): string {
  if (!URL.canParse(text) || !/^https?:$/.test(new URL(text).protocol)) {
    throw new UsageError(`"${text}" is not an address of an API. It looks like http://127.0.0.1:4200/api.`);
  }
  return text.replace(/\/+$/, '');
}

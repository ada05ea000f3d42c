import type { Client } from '../../shared/api/client/client.ts';
import { ApiError, UnreachableError } from '../../shared/api/client/errors.ts';
import { PREFECT_VERSION } from '../../shared/domain/prefect-version.ts';
import { isPushPool } from '../../shared/domain/work-pool.ts';
import type { Settings } from '../settings/settings.ts';
import { type Finding, ok, problem, warning } from './check.ts';

/** Whether somebody answers, lets this caller in, and is pushpool. What comes after is pointless when one of these is a problem. */
export async function checkServer(client: Client, settings: Settings, apiUrl: string): Promise<Finding[]> {
  const source = settings.get('PREFECT_API_URL')?.source ?? 'an option';
  const reachable = await checkReachable(client, apiUrl, source);
  if (reachable.verdict === 'problem') return [reachable];
  const version = await checkVersion(client, settings);
  if (version.verdict === 'problem') return [reachable, version];
  return [reachable, version, await checkPushTypes(client)];
}

async function checkReachable(client: Client, apiUrl: string, source: string): Promise<Finding> {
  const started = performance.now();
  try {
    await client.server.health();
    return ok('Server', `${apiUrl} answers in ${Math.round(performance.now() - started)} ms (from ${source})`);
  } catch (error) {
    if (error instanceof ApiError) {
      const remedy =
        "The address must end in /api: compare it with the stack's output ApiUrl, or with what `pushpool dev` prints.";
      return problem('Server', `${apiUrl} answers ${error.status} when asked for its health`, remedy);
    }
    if (!(error instanceof UnreachableError)) throw error;
    const remedy = `The address comes from ${source}. Start a home with \`pushpool dev\`, or set PREFECT_API_URL.`;
    return problem('Server', error.message, remedy);
  }
}

async function checkVersion(client: Client, settings: Settings): Promise<Finding> {
  const auth = settings.get('PREFECT_API_AUTH_STRING')
    ? 'an auth string'
    : settings.get('PREFECT_API_KEY')
      ? 'an API key'
      : null;
  try {
    const version = await client.server.prefectVersion();
    const found = `Prefect ${version}, asked ${auth === null ? 'without credentials' : `with ${auth}`}`;
    if (version.split('.')[0] === PREFECT_VERSION.split('.')[0]) return ok('Version and login', found);
    return problem(
      'Version and login',
      found,
      `pushpool speaks to Prefect ${PREFECT_VERSION.split('.')[0]}: use a server of that version.`,
    );
  } catch (error) {
    if (!(error instanceof ApiError) || (error.status !== 401 && error.status !== 403)) throw error;
    const remedy = 'Make a key with `pushpool api-key create NAME` and set PREFECT_API_KEY to it.';
    return problem(
      'Version and login',
      auth === null ? 'The server asks for credentials, and none are set' : `The server refuses ${auth}`,
      remedy,
    );
  }
}

async function checkPushTypes(client: Client): Promise<Finding> {
  const types = [...(await client.server.poolTypes()).keys()].filter(isPushPool);
  if (types.length > 0) return ok('Push pools', `the server knows ${types.sort().join(', ')}`);
  return warning(
    'Push pools',
    'The server knows no type of push work pool: it is not pushpool',
    'Set PREFECT_API_URL to a pushpool home.',
  );
}

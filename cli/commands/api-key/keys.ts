import type { ApiKey } from '../../../shared/domain/api-key.ts';
import type { Context } from '../../context.ts';
import { type WhereOptions, withHome } from './where.ts';

type ShownKey = Omit<ApiKey, 'id'>;

/** API keys of a home, by whichever way leads to them. */
export interface Keys {
  create(given: {
    name: string;
    role: ApiKey['role'];
    expiresInDays: number | null;
  }): Promise<ShownKey & { key: string }>;
  list(): Promise<readonly ShownKey[]>;
  revoke(name: string): Promise<void>;
  /** For sentences. */
  readonly place: string;
}

/**
 * With --stack or --data in the home's table itself, so that the first key needs no key; else by the API, for whoever has an
 * admin's key, or a local home that asks for none.
 */
export async function withKeys<Result>(
  context: Context,
  where: WhereOptions,
  use: (keys: Keys) => Promise<Result>,
): Promise<Result> {
  if (where.stack === undefined && where.data === undefined && reachesByApi(context)) return use(await byApi(context));
  const { createApiKey, listApiKeys, revokeApiKey } = await import('../../../shared/operations/access/api-keys.ts');
  return withHome(context, where, (home) =>
    use({
      async create(given) {
        const { key, apiKey } = await createApiKey(home, given);
        return { key, ...shown(apiKey) };
      },
      list: async () => (await listApiKeys(home)).map(shown),
      revoke: (name) => revokeApiKey(home, name),
      place: home.place,
    }),
  );
}

/** Somebody who asks with a key, or of a home on this machine, asks the API; whoever has none yet opens the stack. */
function reachesByApi(context: Context): boolean {
  const settings = context.settings();
  const asks = settings.get('PREFECT_API_KEY') ?? settings.get('PREFECT_API_AUTH_STRING');
  return asks !== null || /^(localhost|127\.|\[::1\])/.test(new URL(context.apiUrl()).hostname);
}

async function byApi(context: Context): Promise<Keys> {
  const { apiKeys } = await context.client();
  return {
    create: ({ name, role, expiresInDays }) => apiKeys.create({ name, role, expires_in_days: expiresInDays }),
    list: apiKeys.list,
    revoke: async (name) => void (await apiKeys.revoke(name)),
    place: context.apiUrl(),
  };
}

const shown = ({ id: _, ...key }: ApiKey): ShownKey => key;

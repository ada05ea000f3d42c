import { parseArgs } from 'node:util';
import type { ApiKey } from '../shared/domain/api-key.ts';
import { createApiKey, listApiKeys, revokeApiKey } from '../shared/operations/api-keys.ts';
import { openHome } from './home.ts';
import { UsageError } from './usage.ts';

const ROLES = ['admin', 'editor', 'viewer'] as const;

/** `api-key create|ls|revoke`: works on the table itself, so that the first key needs no key. */
export async function apiKeyCommand(args: readonly string[]): Promise<void> {
  const { verb, name, options } = parse(args);
  const home = await openHome(options);
  try {
    if (verb === 'create') {
      const days = options.expiresInDays;
      const { key, apiKey } = await createApiKey(home, { name, role: options.role, expiresInDays: days });
      console.error(`Key "${apiKey.name}" with the role ${apiKey.role} in ${home.place}. It is not shown again:`);
      console.log(key);
    } else if (verb === 'ls') {
      for (const key of await listApiKeys(home)) console.log(line(key));
    } else {
      await revokeApiKey(home, name);
      console.error(`Key "${name}" in ${home.place} is refused from now on.`);
    }
  } finally {
    await home.close();
  }
}

function parse(args: readonly string[]) {
  const { values, positionals } = read(args);
  const [verb = '', name = '', ...rest] = positionals;
  if (!['create', 'ls', 'revoke'].includes(verb)) throw new UsageError(`There is no command "api-key ${verb}".`);
  if (verb !== 'ls' && name === '') throw new UsageError(`"api-key ${verb}" asks for the name of the key.`);
  if (rest.length > 0) throw new UsageError(`What is "${rest.join(' ')}"?`);
  const role = ROLES.find((known) => known === values.role);
  if (!role) throw new UsageError(`There is no role "${values.role}". Roles are: ${ROLES.join(', ')}.`);
  const days = values['expires-in-days'];
  if (days !== undefined && !/^[1-9]\d{0,4}$/.test(days))
    throw new UsageError('--expires-in-days is a number of days.');
  if (values.stack !== undefined && values.data !== undefined)
    throw new UsageError('Give --stack or --data, not both.');
  return {
    verb,
    name,
    options: { role, expiresInDays: days ? Number(days) : null, stack: values.stack, data: values.data },
  };
}

function read(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        role: { type: 'string', default: 'editor' },
        'expires-in-days': { type: 'string' },
        stack: { type: 'string' },
        data: { type: 'string' },
      },
    });
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}

function line(key: ApiKey): string {
  const end = key.revoked ? `revoked ${key.revoked}` : key.expires ? `expires ${key.expires}` : 'no end';
  return [key.name, key.role, `created ${key.created}`, end].join('\t');
}

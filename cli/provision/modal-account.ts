import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { type ModalContext, modalProvisioner } from '../../shared/provision/modal/modal.ts';
import type { OpenAccount } from '../context.ts';
import type { Env } from '../settings/settings.ts';

/** The Modal token of the environment, else of the active profile of `~/.modal.toml`. */
export const openModalAccount: OpenAccount = async ({ env }) => ({
  provisioner: modalProvisioner,
  context: (base): ModalContext => ({ ...base, modalToken: fromEnvironment(env) ?? fromFile(env) }),
});

type Token = ModalContext['modalToken'];

function fromEnvironment(env: Env): Token {
  const [tokenId, tokenSecret] = [env['MODAL_TOKEN_ID'], env['MODAL_TOKEN_SECRET']];
  return tokenId && tokenSecret ? { tokenId, tokenSecret } : null;
}

/** The file's sections are profiles; the one marked active, or named by MODAL_PROFILE, counts. */
function fromFile(env: Env): Token {
  const file = env['MODAL_CONFIG_PATH'] ?? path.join(env['HOME'] ?? '', '.modal.toml');
  if (!existsSync(file)) return null;
  const sections = readFileSync(file, 'utf8')
    .split(/^\s*\[(.+)\]\s*$/m)
    .slice(1);
  const profiles = new Map<string, Map<string, string>>();
  for (let index = 0; index < sections.length; index += 2) {
    const values = [...sections[index + 1]!.matchAll(/^\s*(\w+)\s*=\s*"?([^"\n#]*?)"?\s*$/gm)];
    profiles.set(sections[index]!, new Map(values.map(([, key, value]) => [key!, value!])));
  }
  const wanted = env['MODAL_PROFILE'];
  const profile = wanted
    ? profiles.get(wanted)
    : ([...profiles.values()].find((values) => values.get('active') === 'true') ?? [...profiles.values()][0]);
  const [tokenId, tokenSecret] = [profile?.get('token_id'), profile?.get('token_secret')];
  return tokenId && tokenSecret ? { tokenId, tokenSecret } : null;
}

import { type AddCommand, action, addCommand, type Run } from '../../command.ts';
import { UsageError } from '../../errors.ts';
import { SETTINGS, type SettingName, writeSetting } from '../../settings/settings.ts';

export const addSet: AddCommand = (group, around) => {
  addCommand(group, 'set <setting=value>', {
    description: "Keep a setting in the active profile of Prefect's profiles file; nothing after the = removes it.",
    examples: [
      'pushpool config set PREFECT_API_URL=https://d111111abcdef8.cloudfront.net/api',
      'pushpool config set PREFECT_API_KEY=',
    ],
  }).action(action(around, set));
};

const set: Run<[string], object> = async ({ out, env }, _options, pair) => {
  const at = pair.indexOf('=');
  const name = at < 0 ? pair : pair.slice(0, at);
  if (!Object.hasOwn(SETTINGS, name)) {
    throw new UsageError(
      `pushpool reads no setting "${name}". It reads ${Object.keys(SETTINGS).join(', ')}; others are set with \`prefect config set\`.`,
    );
  }
  if (at < 0) throw new UsageError(`Give the value too: ${name}=VALUE.`);
  const value = pair.slice(at + 1);
  if (name === 'PREFECT_API_URL' && value !== '' && !URL.canParse(value)) {
    throw new UsageError(`"${value}" is not an address. It looks like http://127.0.0.1:4200/api.`);
  }
  const { file, profile } = writeSetting(env, name as SettingName, value === '' ? null : value);
  const text = `${value === '' ? 'Removed' : 'Set'} ${name} in the profile "${profile}" (${file}).`;
  await out.result({ setting: name, profile, profiles_file: file }, () => text);
  if (env[name]) out.warn(`The environment variable ${name} is set and wins over the profile.`);
};

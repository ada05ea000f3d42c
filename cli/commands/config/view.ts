import { type AddCommand, action, addCommand, type Run } from '../../command.ts';
import { table } from '../../output/table.ts';
import { SECRET_SETTINGS, SETTINGS, type SettingName } from '../../settings/settings.ts';

export const addView: AddCommand = (group, around) => {
  addCommand(group, 'view', {
    description: 'Show the settings and where each comes from.',
    examples: ['pushpool config view', 'pushpool config view --show-secrets'],
  })
    .option('--show-secrets', 'print keys in full')
    .action(action(around, view));
};

const view: Run<[], { readonly showSecrets?: boolean }> = async ({ out, settings }, { showSecrets }) => {
  const { get, profile, profilesFile } = settings();
  const rows = (Object.keys(SETTINGS) as SettingName[]).flatMap((name) => {
    const setting = get(name);
    if (!setting) return [];
    const hidden = SECRET_SETTINGS.has(name) && !showSecrets;
    return [{ name, value: hidden ? '********' : setting.value, source: setting.source }];
  });
  await out.result({ profile, profiles_file: profilesFile, settings: rows }, () =>
    table(
      rows,
      [
        { head: 'setting', cell: ({ name }) => name },
        { head: 'value', cell: ({ value }) => value },
        { head: 'from', cell: ({ source }) => source },
      ],
      '',
    ),
  );
};

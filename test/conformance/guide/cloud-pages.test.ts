import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { shellSplit } from '../../../shared/domain/shell-split.ts';
import { type CommandLineAtHome, startCommandLine } from '../../cli/command-line.ts';
import { readPage, shortfall } from '../../docs/guide.ts';
import { CLOUDS, type CloudOfPage } from './clouds.ts';

let cli: CommandLineAtHome | undefined;
let cloud: CloudOfPage | undefined;
afterEach(async () => {
  await cli?.close();
  await cloud?.close();
  vi.unstubAllEnvs();
});

describe.sequential("the guide's page of a cloud, from an empty folder to a run that is Completed and nothing left", {
  timeout: 240_000,
}, () => {
  it.each(Object.keys(CLOUDS))('%s', async (name) => {
    cloud = await CLOUDS[name]!();
    cli = await startCommandLine(cloud.endpoints);
    // nobody else's login is found
    for (const variable of ['AWS_ACCESS_KEY_ID', 'AWS_PROFILE', 'GOOGLE_APPLICATION_CREDENTIALS', 'AZURE_CLIENT_ID'])
      vi.stubEnv(variable, '');
    const login = cloud.login(cli);
    for (const [variable, value] of Object.entries(login)) vi.stubEnv(variable, value);
    const env = { ...login, PATH: cli.standInDocker().path };

    for (const step of readPage(name).cloud) {
      if ('file' in step) {
        writeFileSync(path.join(cli.folder, step.file), step.text);
        continue;
      }
      const [program, ...args] = shellSplit(step.command);
      expect(program).toBe('pushpool');
      const result = await cli.run(args, { env });
      const came = { output: `${result.stderr}${result.stdout}`, exitCode: result.exitCode };
      expect(shortfall(name, step, came)).toBeNull();
    }

    expect(cloud.containers()).toBeGreaterThan(0);
    expect(cloud.violations()).toEqual([]);
    expect(await cloud.left()).toEqual([]);
  });
});

import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type CommandLine, commandLine } from '../command-line.ts';

let cli: CommandLine;
beforeEach(() => {
  cli = commandLine(mkdtempSync(path.join(tmpdir(), 'pushpool-settings-')), {});
});
afterEach(() => rmSync(cli.folder, { recursive: true, force: true }));

const addressOf = async (env: Record<string, string> = {}) => {
  const { stdout } = await cli.run(['config', 'view', '--json'], { env });
  return JSON.parse(stdout).settings.find(({ name }: { name: string }) => name === 'PREFECT_API_URL');
};

describe('settings', () => {
  it('name the local home when nothing else does', async () => {
    expect(await addressOf()).toMatchObject({ value: 'http://127.0.0.1:4200/api', source: 'the default' });
  });

  it('come from the environment before the profile', async () => {
    cli.write('.prefect/profiles.toml', 'active = "a"\n[profiles.a]\nPREFECT_API_URL = "http://profile/api"\n');

    expect((await addressOf()).value).toBe('http://profile/api');
    expect((await addressOf({ PREFECT_API_URL: 'http://env/api' })).value).toBe('http://env/api');
  });

  it('come from the profile that PREFECT_PROFILE names; one that is not there is said', async () => {
    cli.write('.prefect/profiles.toml', 'active = "a"\n[profiles.a]\n[profiles.b]\nPREFECT_API_URL = "http://b/api"\n');

    expect((await addressOf({ PREFECT_PROFILE: 'b' })).value).toBe('http://b/api');
    const { exitCode, stderr } = await cli.run(['config', 'view'], { env: { PREFECT_PROFILE: 'c' } });
    expect(exitCode).toBe(1);
    expect(stderr).toContain('names the profile "c"');
    expect(stderr).toContain('There are: a, b.');
  });

  it('show keys only when asked', async () => {
    await cli.run(['config', 'set', 'PREFECT_API_KEY=ppk_hush']);

    expect((await cli.run(['config', 'view'])).stdout).not.toContain('ppk_hush');
    expect((await cli.run(['config', 'view', '--show-secrets'])).stdout).toContain('ppk_hush');
  });

  it('are removed by an empty value, and set in the profile that is active', async () => {
    cli.write('.prefect/profiles.toml', 'active = "a"\n[profiles.a]\nKEPT = "1"\n');

    await cli.run(['config', 'set', 'PREFECT_API_URL=http://127.0.0.1:9/api']);
    const set = readFileSync(path.join(cli.folder, '.prefect/profiles.toml'), 'utf8');
    await cli.run(['config', 'set', 'PREFECT_API_URL=']);
    const removed = readFileSync(path.join(cli.folder, '.prefect/profiles.toml'), 'utf8');

    expect(set).toBe('active = "a"\n[profiles.a]\nKEPT = "1"\nPREFECT_API_URL = "http://127.0.0.1:9/api"\n');
    expect(removed).toBe('active = "a"\n[profiles.a]\nKEPT = "1"\n');
  });

  const prefect = path.join(import.meta.dirname, '../../../.venv-conformance/bin/prefect');
  it.runIf(existsSync(prefect))('that were set here are those of the real Prefect', async () => {
    await cli.run(['config', 'set', 'PREFECT_API_URL=http://127.0.0.1:4321/api']);

    const shown = execFileSync(prefect, ['config', 'view'], {
      encoding: 'utf8',
      env: {
        HOME: cli.folder,
        PREFECT_HOME: path.join(cli.folder, '.prefect'),
        PATH: process.env['PATH'],
        COLUMNS: '200',
      },
    });

    expect(shown).toContain("PREFECT_PROFILE='pushpool'");
    expect(shown).toContain("PREFECT_API_URL='http://127.0.0.1:4321/api'");
  });
});

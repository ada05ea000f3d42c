import { rmSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startHome } from '../../infra/local/home.ts';
import { type CommandLineAtHome, startCommandLine } from './command-line.ts';

let cli: CommandLineAtHome;
beforeAll(async () => {
  cli = await startCommandLine();
  await cli.home.close(); // the folder stays
});
afterAll(() => rmSync(cli.folder, { recursive: true, force: true }));

describe('pushpool api-key', () => {
  it('prints a key once, alone on standard output; a home that asks for keys knows it', async () => {
    const made = await cli.run(['api-key', 'create', '--name', 'me', '--role', 'admin', '--data', 'data']);
    const viewer = await cli.run(['api-key', 'create', 'reader', '--role', 'viewer', '--data', 'data']);
    expect(made.exitCode).toBe(0);
    expect(made.stdout).toMatch(/^ppk_[\w-]{32}\n$/);

    const home = await startHome({ dataFolder: path.join(cli.folder, 'data'), port: 0, authRequired: true });
    try {
      const as = (key?: string) => ({
        env: { PREFECT_API_URL: home.apiUrl, ...(key !== undefined && { PREFECT_API_KEY: key }) },
      });
      const create = ['work-pool', 'create', 'mine', '--type', 'process:push'];
      const nobody = await cli.run(['work-pool', 'ls'], as());
      const reader = await cli.run(create, as(viewer.stdout.trim()));
      const me = await cli.run(create, as(made.stdout.trim()));

      expect(nobody).toMatchObject({ exitCode: 4, stderr: expect.stringContaining('pushpool api-key create') });
      expect(reader).toMatchObject({ exitCode: 4, stderr: expect.stringContaining('--role editor') });
      expect(me.exitCode).toBe(0);
      expect((await cli.run(['doctor'], as())).stdout).toContain(
        '✗ Version and login: The server asks for credentials',
      );
    } finally {
      await home.close();
    }
  });

  it("makes, lists and revokes keys by the API, with an admin's key", async () => {
    const { stdout: admin } = await cli.run(['api-key', 'create', 'admin', '--role', 'admin', '--data', 'data']);
    const home = await startHome({ dataFolder: path.join(cli.folder, 'data'), port: 0, authRequired: true });
    try {
      const as = (key: string) => ({ env: { PREFECT_API_URL: home.apiUrl, PREFECT_API_KEY: key.trim() } });
      const made = await cli.run(['api-key', 'create', 'deploys', '--expires-in-days', '30', '--json'], as(admin));
      const { key } = JSON.parse(made.stdout);
      const before = await cli.run(['work-pool', 'ls'], as(key));
      const listed = await cli.run(['api-key', 'ls'], as(admin));
      await cli.run(['api-key', 'revoke', 'deploys'], as(admin));

      expect(before.exitCode).toBe(0);
      expect(listed.stdout).toMatch(/^deploys +editor +.+ +expires in 30 days$/m);
      expect((await cli.run(['api-key', 'ls'], as(key))).exitCode).toBe(4);
      expect(await cli.run(['api-key', 'revoke', 'nobody'], as(admin))).toMatchObject({
        exitCode: 1,
        stderr: expect.stringContaining('`pushpool api-key ls` lists what there is'),
      });
    } finally {
      await home.close();
    }
  });

  it('lists names, roles and ends, never keys; a revoked one says so', async () => {
    const { stdout: key } = await cli.run(['api-key', 'create', 'ci', '--expires-in-days', '90', '--data', 'data']);
    await cli.run(['api-key', 'revoke', 'ci', '--data', 'data']);

    const { stdout } = await cli.run(['api-key', 'ls', '--data', 'data']);

    expect(stdout).toMatch(/^ci +editor +.+ +revoked /m);
    expect(stdout).not.toContain(key.trim());
    expect((await cli.run(['api-key', 'revoke', 'nobody', '--data', 'data'])).exitCode).toBe(1);
  });
});

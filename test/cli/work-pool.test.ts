import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type CommandLineAtHome, startCommandLine } from './command-line.ts';

let cli: CommandLineAtHome;
beforeAll(async () => {
  cli = await startCommandLine();
});
afterAll(() => cli.close());

describe('pushpool work-pool', () => {
  it('creates a pool with the template of its type and says so', async () => {
    const { exitCode, stdout, stderr } = await cli.run(['work-pool', 'create', 'first', '--type', 'process:push']);

    expect(exitCode).toBe(0);
    expect(stderr).toBe('Created work pool "first".\n');
    expect(stdout).toMatch(/^Name: +first\nType: +process:push\nStatus: +READY\n/);
    const pool = await cli.json('work-pool', 'inspect', 'first');
    expect(Object.keys(pool.base_job_template.variables.properties)).toContain('command');
  });

  it('takes a name with spaces, when it is quoted', async () => {
    await cli.json('work-pool', 'create', 'a pool of mine', '--type', 'process:push');

    expect((await cli.json('work-pool', 'inspect', 'a pool of mine')).name).toBe('a pool of mine');
  });

  it('sets defaults of variables and the credentials block in the template', async () => {
    await cli.json('block', 'create', '-t', 'aws-credentials', '-n', 'keys', '--field', 'region_name=eu-central-1');
    const block = await cli.json('block', 'inspect', 'aws-credentials/keys');

    const pool = await cli.json(
      ...['work-pool', 'create', 'cloud', '--type', 'ecs:push', '--credentials', 'aws-credentials/keys'],
      ...['--variable', 'cluster=flows', '--variable', 'cpu=512'],
    );

    const { aws_credentials, cluster, cpu } = pool.base_job_template.variables.properties;
    expect(aws_credentials.default).toEqual({ $ref: { block_document_id: block.id } });
    expect([cluster.default, cpu.default]).toEqual(['flows', 512]);
  });

  it('takes a template from a file', async () => {
    const template = { job_configuration: { command: '{{ command }}' }, variables: { properties: { command: {} } } };
    cli.write('template.json', JSON.stringify(template));

    const pool = await cli.json(
      ...['work-pool', 'create', 'own', '-t', 'process:push', '--base-job-template', 'template.json'],
      ...['--variable', 'command=true'],
    );

    expect(pool.base_job_template.variables.properties.command).toEqual({ default: true });
  });

  it('refuses to make a pool twice, and changes it with --overwrite', async () => {
    await cli.json('work-pool', 'create', 'twice', '--type', 'process:push');

    const refused = await cli.run(['work-pool', 'create', 'twice', '--type', 'process:push']);
    const pool = await cli.json('work-pool', 'create', 'twice', '--overwrite', '--description', 'changed');

    expect(refused).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('--overwrite') });
    expect(pool).toMatchObject({ type: 'process:push', description: 'changed' });
  });

  it('updates what is named and nothing else; `none` lifts the limit', async () => {
    await cli.json('work-pool', 'create', 'changing', '--type', 'process:push', '--description', 'kept');

    const limited = await cli.json('work-pool', 'update', 'changing', '--concurrency-limit', '3');
    const lifted = await cli.json('work-pool', 'update', 'changing', '--concurrency-limit', 'none');

    expect(limited).toMatchObject({ concurrency_limit: 3, description: 'kept' });
    expect(lifted).toMatchObject({ concurrency_limit: null, description: 'kept' });
  });

  it('pauses and resumes', async () => {
    await cli.json('work-pool', 'create', 'pausing', '--type', 'process:push');

    expect((await cli.json('work-pool', 'pause', 'pausing')).status).toBe('PAUSED');
    expect((await cli.json('work-pool', 'resume', 'pausing')).status).toBe('READY');
  });

  it('lists pools in columns, and as JSON', async () => {
    await cli.json('work-pool', 'create', 'listed', '--type', 'process:push', '--concurrency-limit', '7');

    const { stdout } = await cli.run(['work-pool', 'ls']);

    expect(stdout).toMatch(/^NAME +TYPE +STATUS +LIMIT +IN USE +DESCRIPTION\n/);
    expect(stdout).toMatch(/^listed +process:push +READY +7 +0$/m);
    const listed = await cli.json('work-pool', 'ls');
    expect(listed.map((pool: { name: string }) => pool.name)).toContain('listed');
  });

  it('deletes a pool; a second time it is not there', async () => {
    await cli.json('work-pool', 'create', 'going', '--type', 'process:push');

    const gone = await cli.run(['work-pool', 'delete', 'going']);
    const again = await cli.run(['work-pool', 'delete', 'going']);

    expect(gone).toMatchObject({ exitCode: 0, stdout: 'Deleted work pool "going".\n' });
    expect(again).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('`pushpool work-pool ls`') });
  });

  it('previews the runs that are due', async () => {
    await cli.json('work-pool', 'create', 'due', '--type', 'process:push');

    const { stdout } = await cli.run(['work-pool', 'preview', 'due']);

    expect(stdout).toBe('No runs of "due" are due within the hour.\n');
  });

  it('remembers the pool for deployments that name none with --set-as-default', async () => {
    await cli.json('work-pool', 'create', 'favourite', '--type', 'process:push', '--set-as-default');

    const { settings } = await cli.json('config', 'view');

    expect(settings).toContainEqual(
      expect.objectContaining({ name: 'PREFECT_DEFAULT_WORK_POOL_NAME', value: 'favourite' }),
    );
  });
});

describe('pushpool work-pool smoke-test', () => {
  it('runs a container to its end and leaves no deployment behind', async () => {
    await cli.json('work-pool', 'create', 'smoke', '--type', 'process:push');
    const good = await cli.run(['work-pool', 'smoke-test', 'smoke']);
    await cli.json('work-pool', 'update', 'smoke', '--variable', 'working_dir=/nowhere');
    const bad = await cli.run(['work-pool', 'smoke-test', 'smoke']);
    await cli.json('work-pool', 'create', 'worked', '--type', 'process');
    const worked = await cli.run(['work-pool', 'smoke-test', 'worked']);

    expect(good).toMatchObject({ exitCode: 0, stderr: expect.stringContaining('The work pool "smoke" works.') });
    expect(bad).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('The smoke test of "smoke" ended as') });
    expect(bad.stderr).toContain('pushpool work-pool smoke-test "smoke"');
    expect(worked).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('its runs wait for a worker') });
    expect((await cli.json('deployment', 'ls')).filter(({ name }: { name: string }) => name === 'smoke')).toEqual([]);
  });
});

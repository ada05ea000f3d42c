import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type CommandLineAtHome, startCommandLine } from './command-line.ts';

let cli: CommandLineAtHome;
beforeAll(async () => {
  cli = await startCommandLine();
});
afterAll(() => cli.close());

describe('pushpool block', () => {
  it('makes a block from a file, with fields that win over it, and hides its secrets', async () => {
    cli.write(
      'keys.json',
      '{"aws_access_key_id": "AKIA", "aws_secret_access_key": "hush", "region_name": "us-east-1"}',
    );

    const made = await cli.run([
      ...['block', 'create', '--type', 'aws-credentials', '--name', 'keys', '-f', 'keys.json'],
      ...['--field', 'region_name=eu-central-1'],
    ]);
    const { stdout } = await cli.run(['block', 'inspect', 'aws-credentials/keys']);

    expect(made).toMatchObject({ exitCode: 0, stderr: 'Created block "aws-credentials/keys".\n' });
    expect(stdout).toMatch(/^region_name: +eu-central-1$/m);
    expect(made.stdout + stdout).not.toContain('hush');
  });

  it('is changed with --overwrite alone; what is not given stays', async () => {
    await cli.json('block', 'create', '-t', 'aws-credentials', '-n', 'kept', '--field', 'aws_access_key_id=AKIA');

    const refused = await cli.run([
      'block',
      'create',
      '-t',
      'aws-credentials',
      '-n',
      'kept',
      '--field',
      'region_name=eu-west-1',
    ]);
    const block = await cli.json(
      ...['block', 'create', '-t', 'aws-credentials', '-n', 'kept', '--field', 'region_name=eu-west-1', '--overwrite'],
    );

    expect(refused).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('--overwrite') });
    expect(block.data).toMatchObject({ aws_access_key_id: 'AKIA', region_name: 'eu-west-1' });
  });

  it('is listed, and gone when it is deleted', async () => {
    const block = await cli.json('block', 'create', '-t', 'secret', '-n', 'going', '--field', 'value=1');

    expect((await cli.run(['block', 'ls'])).stdout).toMatch(new RegExp(`^secret/going +${block.id} `, 'm'));
    expect((await cli.run(['block', 'delete', 'secret/going'])).stdout).toBe('Deleted block "secret/going".\n');
    expect((await cli.run(['block', 'inspect', 'secret/going'])).exitCode).toBe(1);
  });

  it('has types with the credentials of every cloud', async () => {
    const slugs = (await cli.json('block', 'type', 'ls')).map(({ slug }: { slug: string }) => slug);

    for (const slug of [
      'aws-credentials',
      'azure-container-instance-credentials',
      'gcp-credentials',
      'modal-credentials',
    ]) {
      expect(slugs).toContain(slug);
    }
    expect((await cli.run(['block', 'type', 'ls'])).stdout).toMatch(/^aws-credentials +AWS Credentials/m);
  });
});

describe('pushpool variable', () => {
  it('keeps text as text and JSON as what it says', async () => {
    await cli.json('variable', 'set', 'region', 'eu-central-1');
    await cli.json('variable', 'set', 'limits', '{"rows": 1000}', '--tag', 'production');

    expect((await cli.run(['variable', 'get', 'region'])).stdout).toBe('eu-central-1\n');
    expect(await cli.json('variable', 'get', 'limits')).toMatchObject({ value: { rows: 1000 }, tags: ['production'] });
    expect((await cli.run(['variable', 'ls'])).stdout).toMatch(
      /^limits +\{"rows":1000\} +production +(now|\d+ seconds? ago)$/m,
    );
  });

  it('is changed with --overwrite alone', async () => {
    await cli.json('variable', 'set', 'twice', '1');

    const refused = await cli.run(['variable', 'set', 'twice', '2']);
    await cli.json('variable', 'set', 'twice', '3', '--overwrite');

    expect(refused).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('--overwrite') });
    expect((await cli.run(['variable', 'get', 'twice'])).stdout).toBe('3\n');
  });

  it('is gone when it is deleted', async () => {
    await cli.json('variable', 'set', 'going', '1');
    await cli.json('variable', 'delete', 'going');

    expect((await cli.run(['variable', 'get', 'going'])).exitCode).toBe(1);
  });
});

describe('pushpool deployment', () => {
  beforeAll(async () => {
    await cli.json('work-pool', 'create', 'pool', '--type', 'process:push');
    await cli.json(
      'deploy',
      '-n',
      'night ly',
      '--flow-name',
      'report',
      '--pool',
      'pool',
      '--command',
      'true',
      '-t',
      'a',
    );
  });

  it('lists and shows deployments, names with spaces too', async () => {
    const { stdout } = await cli.run(['deployment', 'ls', '--pool', 'pool', '--tag', 'a']);

    expect(stdout).toMatch(/^report\/night ly +pool +ready +- +a$/m);
    expect((await cli.run(['deployment', 'inspect', 'report/night ly'])).stdout).toMatch(
      /^Deployment: +report\/night ly$/m,
    );
  });

  it('pauses, resumes and deletes', async () => {
    await cli.json('deploy', '-n', 'going', '--pool', 'pool', '--command', 'true');

    expect((await cli.json('deployment', 'pause', 'going')).paused).toBe(true);
    expect((await cli.json('deployment', 'resume', 'going/going')).paused).toBe(false);
    await cli.json('deployment', 'delete', 'going');
    expect((await cli.run(['deployment', 'inspect', 'going'])).exitCode).toBe(1);
  });

  it('adds, pauses, resumes and deletes schedules, by slug or id', async () => {
    const name = 'report/night ly';
    const schedule = async () => (await cli.json('deployment', 'schedule', 'ls', name))[0];
    await cli.json(
      ...['deployment', 'schedule', 'create', name, '--cron', '0 5 * * *', '--timezone', 'Europe/Berlin'],
      ...['--slug', 'morning'],
    );
    expect((await cli.run(['deployment', 'schedule', 'ls', name])).stdout).toMatch(
      /^[0-9a-f-]{36} +morning +0 5 \* \* \* \(Europe\/Berlin\) +yes$/m,
    );

    await cli.run(['deployment', 'schedule', 'pause', name, 'morning']);
    expect((await schedule()).active).toBe(false);
    await cli.run(['deployment', 'schedule', 'resume', name, (await schedule()).id]);
    expect((await schedule()).active).toBe(true);
    await cli.run(['deployment', 'schedule', 'delete', name, 'morning']);
    expect(await schedule()).toBeUndefined();
  });
});

describe('a block for another AWS account', () => {
  it('names the role to assume and what must be said with it', async () => {
    const role = 'arn:aws:iam::123456789012:role/pushpool/submit';
    const fields = [`assume_role_arn=${role}`, 'assume_role_kwargs={"ExternalId": "e"}', 'region_name=eu-central-1'];
    const given = fields.flatMap((field) => ['--field', field]);

    const block = await cli.json('block', 'create', '-t', 'aws-credentials', '-n', 'there', ...given);

    expect(block.data).toMatchObject({ assume_role_arn: role, assume_role_kwargs: { ExternalId: 'e' } });
  });
});

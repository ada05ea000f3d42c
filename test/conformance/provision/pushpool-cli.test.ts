import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import {
  AssociateRouteTableCommand,
  CreateNatGatewayCommand,
  CreateRouteCommand,
  CreateRouteTableCommand,
  DescribeSubnetsCommand,
  EC2Client,
} from '@aws-sdk/client-ec2';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type CommandLineAtHome, startCommandLine } from '../../cli/command-line.ts';
import { survivesCtrlC } from '../../cli/interrupted.ts';
import { type Moto, startMoto } from '../../fakes/moto.ts';

let moto: Moto;
let cli: CommandLineAtHome;
let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'pushpool-aws-'));
  [moto, cli] = await Promise.all([startMoto(), startCommandLine()]);
  // The AWS SDK reads the process's own environment, as every AWS tool does.
  Object.assign(process.env, {
    AWS_ENDPOINT_URL: moto.endpoint,
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
    AWS_CONFIG_FILE: path.join(folder, 'none'),
    AWS_SHARED_CREDENTIALS_FILE: path.join(folder, 'none'),
  });
}, 180_000);
afterAll(async () => {
  moto?.stop();
  await cli?.close();
  rmSync(folder, { recursive: true, force: true });
});
beforeEach(() => moto.reset());

describe.sequential('pushpool provisions an ECS push pool', () => {
  it('without a stored key, from nothing to a pool that points at it, and removes it again', async () => {
    const create = ['work-pool', 'create', 'mine', '-t', 'ecs:push', '--provision-infra', '--region', 'eu-central-1'];
    const docker = cli.standInDocker();
    const made = await cli.run(create, { env: { PATH: docker.path } });
    const { base_job_template } = await cli.json('work-pool', 'inspect', 'mine');
    const variables = base_job_template.variables.properties;
    const again = await cli.run(['work-pool', 'provision-infra', 'mine', '--dry-run']);
    const removed = await cli.run(['work-pool', 'deprovision-infra', 'mine']);

    expect(made).toMatchObject({ exitCode: 0 });
    expect(made.stderr).toContain('Where: AWS account 123456789012, region eu-central-1');
    expect(docker.told()).toMatch(
      /^login --username AWS --password-stdin \d+\.dkr\.ecr\.eu-central-1\.amazonaws\.com$/m,
    );
    // the pool's region is in it, as there is no block that could hold it
    expect(variables.cluster.default).toBe('arn:aws:ecs:eu-central-1:123456789012:cluster/prefect-ecs-cluster');
    expect(again.stderr).toContain('No additional infrastructure required for work pool mine.');
    expect(again.stderr).toContain('Where: AWS account 123456789012, region eu-central-1');
    expect(variables.aws_credentials.default).toBeUndefined();
    expect(await cli.json('block', 'ls')).toEqual([]);
    expect(removed.stdout).toContain('Removed 3 resources.');
  });

  it('with the key of an IAM user in a block, as Prefect does', async () => {
    const create = ['work-pool', 'create', 'keyed', '-t', 'ecs:push', '--provision-infra', '--region', 'us-east-1'];
    await cli.run([...create, '--with-key'], { env: { PATH: cli.standInDocker().path } });
    const block = await cli.json('block', 'inspect', 'aws-credentials/keyed-aws-credentials');
    const { base_job_template } = await cli.json('work-pool', 'inspect', 'keyed');
    const again = await cli.run(['work-pool', 'provision-infra', 'keyed', '--with-key', '--dry-run']);

    expect(base_job_template.variables.properties.aws_credentials.default).toEqual({
      $ref: { block_document_id: block.id },
    });
    expect(again.stderr).toContain('No additional infrastructure required for work pool keyed.');
    expect(block.data).toMatchObject({ region_name: 'us-east-1', aws_secret_access_key: '********' });
  });

  it('asks for a region when none is set, and refuses a private pool without a way out', async () => {
    const noRegion = await cli.run(['work-pool', 'create', 'lost', '-t', 'ecs:push', '--provision-infra']);
    const create = ['work-pool', 'create', 'hidden', '-t', 'ecs:push', '--provision-infra', '--region', 'us-east-1'];
    const hidden = await cli.run([...create, '--private']);

    expect(noRegion).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('Give --region') });
    expect(hidden).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('NAT gateway') });
    expect((await cli.run(['work-pool', 'inspect', 'hidden'])).exitCode).toBe(1);
  });

  it('with --private in the subnets that have a NAT gateway, without a public address', async () => {
    const { vpcId, subnetId } = await subnetBehindNat();
    const create = ['work-pool', 'create', 'inside', '-t', 'ecs:push', '--provision-infra', '--region', 'us-east-1'];

    const made = await cli.run([...create, '--private'], { env: { PATH: cli.standInDocker().path } });
    const { base_job_template } = await cli.json('work-pool', 'inspect', 'inside');
    const variables = base_job_template.variables.properties;

    expect(made).toMatchObject({ exitCode: 0 });
    expect(made.stderr).toContain('the subnets with a NAT gateway, without public addresses');
    expect(variables.vpc_id.default).toBe(vpcId);
    expect(variables.network_configuration.default).toEqual({
      subnets: [subnetId],
      securityGroups: [],
      assignPublicIp: 'DISABLED',
    });
  });

  it('and leaves nothing that the next time does not find when it is stopped with Ctrl-C', { timeout: 300_000 }, () =>
    survivesCtrlC(
      async () => {
        await moto.reset();
        const own = await startCommandLine();
        return {
          cli: own,
          env: {
            AWS_ENDPOINT_URL: moto.endpoint,
            AWS_ACCESS_KEY_ID: 'test',
            AWS_SECRET_ACCESS_KEY: 'test',
            AWS_REGION: 'us-east-1',
          },
          changes: moto.front.changes,
          before(index, then) {
            moto.front.refuse = (_, at) => {
              if (at === index) then();
              return null;
            };
          },
          state: async () => moto.front.changes.filter((change) => change.includes(':Create')).toSorted(),
          close: own.close,
        };
      },
      ['work-pool', 'create', 'stopped', '-t', 'ecs:push', '--provision-infra', '--with-key'],
      (changes) =>
        process.env['PUSHPOOL_EVERY_STEP'] ? [...changes.keys()] : [changes.indexOf('iam:CreateAccessKey')],
    ),
  );
});

/** In the default VPC: one subnet whose way out is a NAT gateway. */
async function subnetBehindNat(): Promise<{ vpcId: string; subnetId: string }> {
  const ec2 = new EC2Client({
    endpoint: moto.endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  });
  const { Subnets = [] } = await ec2.send(new DescribeSubnetsCommand({}));
  const [inside, outside] = Subnets;
  const { NatGateway } = await ec2.send(
    new CreateNatGatewayCommand({ SubnetId: outside!.SubnetId, ConnectivityType: 'private' }),
  );
  const { RouteTable } = await ec2.send(new CreateRouteTableCommand({ VpcId: inside!.VpcId }));
  const RouteTableId = RouteTable!.RouteTableId;
  await ec2.send(
    new CreateRouteCommand({
      RouteTableId,
      DestinationCidrBlock: '0.0.0.0/0',
      NatGatewayId: NatGateway!.NatGatewayId,
    }),
  );
  await ec2.send(new AssociateRouteTableCommand({ RouteTableId, SubnetId: inside!.SubnetId }));
  return { vpcId: inside!.VpcId!, subnetId: inside!.SubnetId! };
}

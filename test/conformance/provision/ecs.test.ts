import { CreateVpcCommand, DescribeSubnetsCommand, DescribeVpcsCommand } from '@aws-sdk/client-ec2';
import { CreateClusterCommand, DescribeClustersCommand } from '@aws-sdk/client-ecs';
import {
  CreatePolicyCommand,
  GetPolicyCommand,
  GetRoleCommand,
  GetUserCommand,
  ListAccessKeysCommand,
} from '@aws-sdk/client-iam';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../shared/domain/json/json.ts';
import { applyPlan } from '../../../shared/provision/apply.ts';
import { applyRemoval, planRemoval } from '../../../shared/provision/deprovision.ts';
import { ecsProvisioner } from '../../../shared/provision/ecs/ecs.ts';
import { makePlan, planText } from '../../../shared/provision/plan.ts';
import type { OtherPool } from '../../../shared/provision/resource.ts';
import { type Moto, startMoto } from '../../fakes/moto.ts';
import { keepBlocks } from '../../shared/provision/blocks.ts';
import { comesToOneEnd, THROTTLED_TIMES } from '../../shared/provision/every-step.ts';
import { minds } from '../../shared/provision/neighbours.ts';
import { ecsAccount } from './ecs-account.ts';

const TEMPLATE: JsonObject = {
  job_configuration: {},
  variables: {
    properties: Object.fromEntries(
      [
        'execution_role_arn',
        'cluster',
        'configure_cloudwatch_logs',
        'aws_credentials',
        'vpc_id',
        'network_configuration',
      ].map((name) => [name, { title: name }]),
    ),
  },
};

let moto: Moto;
beforeAll(async () => {
  moto = await startMoto();
}, 180_000);
afterAll(() => moto?.stop());
beforeEach(() => moto.reset());

describe.sequential('what an ECS push pool needs in an account', () => {
  it('is planned, made, found again and removed', async () => {
    const account = ecsAccount(moto.endpoint);
    const context = account.context({ withKey: true });

    const plan = await makePlan(ecsProvisioner, context);
    await applyPlan(ecsProvisioner, context, plan);
    const template = ecsProvisioner.template(context, TEMPLATE);
    const again = await makePlan(ecsProvisioner, account.context({ withKey: true }));

    expect(planText('pool', ecsProvisioner.place(context), plan)).toBe(PLAN_WITH_KEY);
    expect(again.filter(({ action }) => action === 'create')).toEqual([]);
    expect(planText('pool', 'here', again)).toContain('No additional infrastructure required for work pool pool.');
    expect(defaultsOf(template)).toMatchObject({
      execution_role_arn: 'arn:aws:iam::123456789012:role/pushpool/PrefectEcsTaskExecutionRole',
      cluster: 'prefect-ecs-cluster',
      aws_credentials: { $ref: { block_document_id: 'block-1' } },
    });
    expect(account.blocks.get('aws-credentials/pool-aws-credentials')).toMatchObject({ region_name: 'us-east-1' });

    const removal = account.context({ removing: true });
    const removals = await planRemoval(ecsProvisioner, removal);
    await applyRemoval(ecsProvisioner, removal, removals);
    const left = await makePlan(ecsProvisioner, account.context({ withKey: true }));

    expect(left.filter(({ action }) => action === 'reuse').map(({ id }) => id)).toEqual(['log-group', 'vpc']);
    expect(removals.filter(({ action }) => action === 'keep').map(({ id }) => id)).toEqual(['vpc', 'log-group']);
    expect(account.blocks.size).toBe(0);
  });

  it('makes no user and stores no key unless asked', async () => {
    const account = ecsAccount(moto.endpoint);
    const context = account.context();

    await applyPlan(ecsProvisioner, context, await makePlan(ecsProvisioner, context));

    await expect(account.iam.send(new GetUserCommand({ UserName: 'prefect-ecs-user' }))).rejects.toThrow();
    expect(account.blocks.size).toBe(0);
    expect(defaultsOf(ecsProvisioner.template(context, TEMPLATE))['aws_credentials']).toBeUndefined();
  });

  it("lets pushpool's role of another account assume one here, without a stored key", async () => {
    const account = ecsAccount(moto.endpoint);
    const foreignRole = 'arn:aws:iam::210987654321:role/pushpool-target-ecs';
    const context = account.context({ foreignRole });

    await applyPlan(ecsProvisioner, context, await makePlan(ecsProvisioner, context));
    const again = await makePlan(ecsProvisioner, account.context({ foreignRole }));
    const { Role } = await account.iam.send(new GetRoleCommand({ RoleName: 'prefect-ecs-submit' }));
    const [trust] = JSON.parse(decodeURIComponent(Role!.AssumeRolePolicyDocument!)).Statement;
    const block = account.blocks.get('aws-credentials/pool-aws-credentials')!;

    // the only path under which pushpool's function may assume roles
    expect(Role!.Arn).toBe('arn:aws:iam::123456789012:role/pushpool/prefect-ecs-submit');
    expect(trust.Principal).toEqual({ AWS: foreignRole });
    expect(block).toEqual({
      region_name: 'us-east-1',
      assume_role_arn: Role!.Arn,
      assume_role_kwargs: { ExternalId: trust.Condition.StringEquals['sts:ExternalId'] },
    });
    expect(again.every(({ action }) => action === 'reuse')).toBe(true);
    expect(defaultsOf(ecsProvisioner.template(context, TEMPLATE))['aws_credentials']).toEqual({
      $ref: { block_document_id: 'block-1' },
    });

    const removal = account.context({ removing: true });
    await applyRemoval(ecsProvisioner, removal, await planRemoval(ecsProvisioner, removal));
    await expect(account.iam.send(new GetRoleCommand({ RoleName: 'prefect-ecs-submit' }))).rejects.toThrow();
  });

  it('puts a new key in place of the old one, and only when AWS accepts it', async () => {
    const account = ecsAccount(moto.endpoint);
    const first = account.context({ withKey: true });
    await applyPlan(ecsProvisioner, first, await makePlan(ecsProvisioner, first));
    const old = account.blocks.get('aws-credentials/pool-aws-credentials')!['aws_access_key_id'];
    let refusals = 2;
    const tryKey = async () => {
      if (refusals-- > 0) throw new Error('The security token included in the request is invalid.');
    };

    const rotating = account.context({ withKey: true, rotating: true, tryKey });
    await applyPlan(ecsProvisioner, rotating, await makePlan(ecsProvisioner, rotating));
    const { AccessKeyMetadata: keys = [] } = await account.iam.send(
      new ListAccessKeysCommand({ UserName: 'prefect-ecs-user' }),
    );
    const stored = account.blocks.get('aws-credentials/pool-aws-credentials')!;

    expect(keys.map(({ AccessKeyId }) => AccessKeyId)).toEqual([stored['aws_access_key_id']]);
    expect(stored['aws_access_key_id']).not.toBe(old);
    expect(stored['region_name']).toBe('us-east-1');
    expect(refusals).toBeLessThanOrEqual(0);
  });

  it('keeps what another pool uses, and a block with a key of somebody else', async () => {
    const account = ecsAccount(moto.endpoint);
    const context = account.context({ withKey: true });
    await applyPlan(ecsProvisioner, context, await makePlan(ecsProvisioner, context));
    const defaults = defaultsOf(ecsProvisioner.template(context, TEMPLATE));
    const credentials = account.blocks.get('aws-credentials/pool-aws-credentials')!;
    account.blocks.set('aws-credentials/pool-aws-credentials', { aws_access_key_id: 'AKIASOMEBODY' });

    const why = async (others: OtherPool[]) => {
      const removals = await planRemoval(ecsProvisioner, account.context({ removing: true }), others);
      return Object.fromEntries(removals.map(({ id, action, why }) => [id, action === 'remove' ? 'removed' : why]));
    };

    const used = await why([{ name: 'other', defaults, credentials }]);
    expect(Object.values(used)).not.toContain('removed');
    expect([used['iam-user'], used['credentials-block']]).toEqual(Array(2).fill('work pool other uses it too'));
    expect((await why([]))['credentials-block']).toContain('not of the user prefect-ecs-user');
  });

  it('makes a VPC with subnets in three zones, a way out and a group without a way in, where there is no default VPC', async () => {
    const account = ecsAccount(moto.endpoint);
    await account.withoutDefaultVpc();
    await account.ec2.send(new CreateVpcCommand({ CidrBlock: '172.31.0.0/16' }));
    const context = account.context();

    await applyPlan(ecsProvisioner, context, await makePlan(ecsProvisioner, context));
    const template = defaultsOf(ecsProvisioner.template(context, TEMPLATE));
    const { Subnets = [] } = await account.ec2.send(
      new DescribeSubnetsCommand({ Filters: [{ Name: 'vpc-id', Values: [template['vpc_id'] as string] }] }),
    );

    expect(Subnets.map(({ CidrBlock }) => CidrBlock).toSorted()).toEqual([
      '172.16.0.0/18',
      '172.16.128.0/18',
      '172.16.64.0/18',
    ]);
    expect(template['network_configuration']).toMatchObject({
      subnets: expect.arrayContaining(Subnets.map(({ SubnetId }) => SubnetId)),
      securityGroups: [expect.stringMatching(/^sg-/)],
      assignPublicIp: 'ENABLED',
    });
    expect((await makePlan(ecsProvisioner, account.context())).every(({ action }) => action === 'reuse')).toBe(true);

    const removal = account.context({ removing: true });
    await applyRemoval(ecsProvisioner, removal, await planRemoval(ecsProvisioner, removal));
    expect((await account.ec2.send(new DescribeVpcsCommand({}))).Vpcs).toHaveLength(1);
  });

  it('uses what is there, and never removes what somebody else made', async () => {
    const account = ecsAccount(moto.endpoint);
    await account.ecs.send(new CreateClusterCommand({ clusterName: 'prefect-ecs-cluster' }));
    const context = account.context();

    const plan = await makePlan(ecsProvisioner, context);
    await applyPlan(ecsProvisioner, context, plan);
    const removal = account.context({ removing: true });
    const removals = await planRemoval(ecsProvisioner, removal);
    await applyRemoval(ecsProvisioner, removal, removals);
    const { clusters = [] } = await account.ecs.send(
      new DescribeClustersCommand({ clusters: ['prefect-ecs-cluster'] }),
    );

    expect(plan.find(({ id }) => id === 'cluster')?.action).toBe('reuse');
    expect(removals.find(({ id }) => id === 'cluster')).toMatchObject({
      action: 'keep',
      why: 'pushpool did not make it for this pool',
    });
    expect(clusters[0]?.status).toBe('ACTIVE');
  });

  it.each(['iam-user', 'iam-policy', 'vpc', 'subnets'])(
    'goes on after it stopped behind the %s, and makes nothing twice',
    async (last) => {
      const account = ecsAccount(moto.endpoint);
      await account.withoutDefaultVpc();
      const broken = account.context({ withKey: true });
      const plan = await makePlan(ecsProvisioner, broken);
      await expect(
        applyPlan(ecsProvisioner, broken, plan, ({ id }, state) => {
          if (state === 'done' && id === last) throw new Error('the network is gone');
        }),
      ).rejects.toThrow('the network is gone');

      const context = account.context({ withKey: true });
      await applyPlan(ecsProvisioner, context, await makePlan(ecsProvisioner, context));
      const keys = await account.iam.send(new ListAccessKeysCommand({ UserName: 'prefect-ecs-user' }));
      const { Vpcs = [] } = await account.ec2.send(new DescribeVpcsCommand({}));
      const { Subnets = [] } = await account.ec2.send(new DescribeSubnetsCommand({}));

      expect([keys.AccessKeyMetadata?.length, Vpcs.length, Subnets.length, account.blocks.size]).toEqual([1, 1, 3, 1]);
    },
  );

  it('deletes a key again that could not be stored, and says what to do', async () => {
    const account = ecsAccount(moto.endpoint);
    const context = account.context({ withKey: true });
    account.refuseBlocks();

    const plan = await makePlan(ecsProvisioner, context);
    await expect(applyPlan(ecsProvisioner, context, plan)).rejects.toThrow(
      /generated AWS credentials in a block: pool-aws-credentials failed: .*no access.*Run the same command again/,
    );
    const keys = await account.iam.send(new ListAccessKeysCommand({ UserName: 'prefect-ecs-user' }));

    expect(keys.AccessKeyMetadata).toEqual([]);
  });

  it('gives a policy that says something else a new version, once', async () => {
    const account = ecsAccount(moto.endpoint);
    const PolicyDocument = JSON.stringify({
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Action: 'ecs:RunTask', Resource: '*' }],
    });
    await account.iam.send(new CreatePolicyCommand({ PolicyName: 'prefect-ecs-policy', PolicyDocument }));

    for (const _ of [1, 2]) {
      const context = account.context({ withKey: true });
      await applyPlan(ecsProvisioner, context, await makePlan(ecsProvisioner, context));
    }
    const { Policy } = await account.iam.send(
      new GetPolicyCommand({ PolicyArn: 'arn:aws:iam::123456789012:policy/prefect-ecs-policy' }),
    );

    expect(Policy?.DefaultVersionId).toBe('v2');
  });
});

describe.sequential('an AWS account that several pools share', () => {
  minds(
    ecsProvisioner,
    async () => {
      await moto.reset();
      const account = ecsAccount(moto.endpoint);
      const blocks = keepBlocks();
      return {
        context: ({ removing, ...of }) =>
          account.context({ ...of, removing, withKey: !removing, blocks, tryKey: async () => {} }),
        state: async () => ({ ...(await account.state()), blocks: [...blocks.kept.keys()] }),
        close: async () => {},
      };
    },
    // only for pushpool's role of another account, and only where there is no default VPC
    { timeout: 120_000, unused: ['role', 'vpc', 'securityGroup'] },
  );
});

describe.sequential('an AWS account where something is refused', () => {
  comesToOneEnd(
    ecsProvisioner,
    async () => {
      await moto.reset();
      const account = ecsAccount(moto.endpoint);
      await account.withoutDefaultVpc();
      moto.front.changes.length = 0;
      return {
        context: (removing = false) => account.context({ withKey: !removing, removing }),
        changes: moto.front.changes,
        refuse(index, how) {
          let times = 0;
          moto.front.refuse = (_, at) =>
            at !== index || times++ >= { denied: Number.POSITIVE_INFINITY, throttled: THROTTLED_TIMES, lost: 1 }[how]
              ? null
              : how;
        },
        state: account.state,
        close: async () => {},
      };
    },
    { timeout: 300_000, every: 6, losesAnswers: true },
  );
});

const PLAN_WITH_KEY = `Provisioning infrastructure for your work pool pool will require:

  - Creating an IAM role assigned to ECS tasks: PrefectEcsTaskExecutionRole
  - Creating a CloudWatch log group for the output of flow runs: prefect
  - Creating an IAM user for managing ECS tasks: prefect-ecs-user
  - Creating and attaching an IAM policy for managing ECS tasks: prefect-ecs-policy
  - Storing generated AWS credentials in a block: pool-aws-credentials
  - Creating an ECS cluster for running Prefect flows: prefect-ecs-cluster
  - Creating an ECR repository for storing Prefect images: prefect-flows

Already there, and used as it is:

  - a VPC with CIDR 172.31.0.0/16 for running ECS tasks: the default VPC

Where: AWS account 123456789012, region us-east-1`;

const defaultsOf = (template: JsonObject): JsonObject => {
  const { properties } = template['variables'] as { properties: Record<string, JsonObject> };
  return Object.fromEntries(
    Object.entries(properties).flatMap(([name, property]) =>
      'default' in property ? [[name, property['default']!]] : [],
    ),
  );
};

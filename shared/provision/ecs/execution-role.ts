import {
  AttachRolePolicyCommand,
  CreateRoleCommand,
  DeleteRoleCommand,
  DetachRolePolicyCommand,
  GetRoleCommand,
  type Role,
} from '@aws-sdk/client-iam';
import type { Resource } from '../resource.ts';
import { areOurs, capitalTags, type EcsContext, unless } from './context.ts';

/** Not a name of the user's choosing, so that Prefect's own provisioner finds it too. */
const NAME = 'PrefectEcsTaskExecutionRole';
const POLICY_ARN = 'arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy';
/** pushpool's functions may pass roles under this path alone (rule 30). */
const PATH = '/pushpool/';

/** The role with which ECS itself pulls the image and writes the logs of a task. */
export const executionRole: Resource<EcsContext, Role> = {
  id: 'execution-role',
  line: () => `Creating an IAM role assigned to ECS tasks: ${NAME}`,
  progress: 'Provisioning execution role',
  permissions: ['iam:GetRole', 'iam:CreateRole', 'iam:AttachRolePolicy', 'iam:TagRole'],
  async find({ iam }) {
    const answer = await unless(['NoSuchEntityException', 'NoSuchEntity'], () =>
      iam.send(new GetRoleCommand({ RoleName: NAME })),
    );
    return answer?.Role ?? null;
  },
  async create(context) {
    const answer = await context.iam.send(
      new CreateRoleCommand({
        RoleName: NAME,
        Path: PATH,
        Description: 'Lets ECS pull the image and write the logs of Prefect flow runs.',
        AssumeRolePolicyDocument: JSON.stringify({
          Version: '2012-10-17',
          Statement: [{ Effect: 'Allow', Principal: { Service: 'ecs-tasks.amazonaws.com' }, Action: 'sts:AssumeRole' }],
        }),
        Tags: capitalTags(context),
      }),
    );
    return answer.Role!;
  },
  async update({ iam }, role) {
    await iam.send(new AttachRolePolicyCommand({ RoleName: NAME, PolicyArn: POLICY_ARN }));
    return role;
  },
  isOurs: (context, role) => areOurs(context, role.Tags),
  async remove({ iam }) {
    const gone = ['NoSuchEntityException', 'NoSuchEntity'];
    await unless(gone, () => iam.send(new DetachRolePolicyCommand({ RoleName: NAME, PolicyArn: POLICY_ARN })));
    await unless(gone, () => iam.send(new DeleteRoleCommand({ RoleName: NAME })));
  },
};

import { randomUUID } from 'node:crypto';
import {
  CreateRoleCommand,
  DeleteRoleCommand,
  DeleteRolePolicyCommand,
  GetRoleCommand,
  PutRolePolicyCommand,
  type Role,
  UpdateAssumeRolePolicyCommand,
} from '@aws-sdk/client-iam';
import { earlier, type Resource } from '../resource.ts';
import { areOurs, capitalTags, type EcsContext, unless } from './context.ts';
import { GONE } from './iam-user.ts';
import { ecsPolicyDocument } from './policy-document.ts';

export type SubmitRole = Role;

/** The only roles that pushpool's function may assume. */
const PATH = '/pushpool/';
const POLICY = 'submit-flow-runs';

/** In an account that is not pushpool's own: the role that pushpool's role takes on to submit runs. No key is stored. */
export const submitRole: Resource<EcsContext, SubmitRole> = {
  id: 'submit-role',
  applies: ({ withKey, foreignRole, removing = false }) => (!withKey && foreignRole !== null) || removing,
  line: ({ names, foreignRole }) =>
    `Creating an IAM role for managing ECS tasks${foreignRole ? `, which ${foreignRole} may assume` : ''}: ${names['role']}`,
  progress: 'Provisioning the role to assume',
  permissions: ['iam:GetRole', 'iam:CreateRole', 'iam:TagRole', 'iam:PutRolePolicy', 'iam:UpdateAssumeRolePolicy'],
  async find({ iam, names }) {
    const answer = await unless(GONE, () => iam.send(new GetRoleCommand({ RoleName: names['role']! })));
    return answer?.Role ?? null;
  },
  async create(context) {
    const answer = await context.iam.send(
      new CreateRoleCommand({
        RoleName: context.names['role']!,
        Path: PATH,
        Description: 'Lets pushpool submit Prefect flow runs as ECS tasks of this account.',
        AssumeRolePolicyDocument: trust(context.foreignRole!, randomUUID()),
        Tags: capitalTags(context),
      }),
    );
    return answer.Role!;
  },
  /** Another pushpool may have been trusted before; who knows the external id from a block goes on to need it. */
  async update(context, role) {
    const RoleName = context.names['role']!;
    const { iam, foreignRole } = context;
    const wanted = trust(foreignRole!, externalIdOf(role));
    if (decodeURIComponent(role.AssumeRolePolicyDocument ?? '') !== wanted) {
      await iam.send(new UpdateAssumeRolePolicyCommand({ RoleName, PolicyDocument: wanted }));
    }
    const PolicyDocument = ecsPolicyDocument(earlier<Role>(context, 'execution-role').Arn!);
    await iam.send(new PutRolePolicyCommand({ RoleName, PolicyName: POLICY, PolicyDocument }));
    return { ...role, AssumeRolePolicyDocument: wanted };
  },
  isOurs: (context, role) => areOurs(context, role.Tags),
  async remove({ iam, names }) {
    const RoleName = names['role']!;
    await unless(GONE, () => iam.send(new DeleteRolePolicyCommand({ RoleName, PolicyName: POLICY })));
    await unless(GONE, () => iam.send(new DeleteRoleCommand({ RoleName })));
  },
};

/** What whoever assumes the role must say (the confused deputy): made with the role, kept in its trust policy and in the block. */
export function externalIdOf({ AssumeRolePolicyDocument = '' }: SubmitRole): string {
  return /"sts:ExternalId":\s*"([^"]+)"/.exec(decodeURIComponent(AssumeRolePolicyDocument))?.[1] ?? randomUUID();
}

const trust = (roleArn: string, externalId: string): string =>
  JSON.stringify({
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Allow',
        Principal: { AWS: roleArn },
        Action: 'sts:AssumeRole',
        Condition: { StringEquals: { 'sts:ExternalId': externalId } },
      },
    ],
  });

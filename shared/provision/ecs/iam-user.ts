import { CreateUserCommand, DeleteUserCommand, GetUserCommand, type User } from '@aws-sdk/client-iam';
import type { Resource } from '../resource.ts';
import { areOurs, capitalTags, type EcsContext, unless } from './context.ts';

export const GONE = ['NoSuchEntityException', 'NoSuchEntity'] as const;

/** The user whose key submits runs, for pools that store one. */
export const iamUser: Resource<EcsContext, User> = {
  id: 'iam-user',
  applies: ({ withKey, removing = false }) => withKey || removing,
  line: ({ names }) => `Creating an IAM user for managing ECS tasks: ${names['user']}`,
  progress: 'Provisioning IAM user',
  permissions: ['iam:GetUser', 'iam:CreateUser', 'iam:TagUser'],
  async find({ iam, names }) {
    const answer = await unless(GONE, () => iam.send(new GetUserCommand({ UserName: names['user'] })));
    return answer?.User ?? null;
  },
  async create(context) {
    const command = new CreateUserCommand({ UserName: context.names['user']!, Tags: capitalTags(context) });
    return (await context.iam.send(command)).User!;
  },
  isOurs: (context, user) => areOurs(context, user.Tags),
  async remove({ iam, names }) {
    await unless(GONE, () => iam.send(new DeleteUserCommand({ UserName: names['user']! })));
  },
};

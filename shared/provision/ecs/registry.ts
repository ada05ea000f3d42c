import { GetAuthorizationTokenCommand } from '@aws-sdk/client-ecr';
import { earlier, type Registry } from '../resource.ts';
import type { EcsContext } from './context.ts';
import type { TaggedRepository } from './repository.ts';

/** The account's registry in the region; its logins are good for twelve hours. */
export function registry(context: EcsContext): Registry {
  const host = earlier<TaggedRepository>(context, 'repository').repositoryUri?.split('/')[0] ?? '';
  return {
    namespace: host,
    image: `${context.names['repository']}:latest`,
    async login() {
      const { authorizationData } = await context.ecr.send(new GetAuthorizationTokenCommand({}));
      const token = Buffer.from(authorizationData?.[0]?.authorizationToken ?? '', 'base64').toString();
      const [username = '', password = ''] = token.split(':');
      return { server: host, username, password };
    },
    loginCommand: `aws ecr get-login-password --region ${context.region} | docker login --username AWS --password-stdin ${host}`,
  };
}

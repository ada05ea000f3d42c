import { earlier, type Registry } from '../resource.ts';
import { type AciContext, ARM } from './context.ts';
import type { ContainerRegistry } from './registry.ts';

/** The user name that stands for a token. */
const TOKEN_USER = '00000000-0000-0000-0000-000000000000';

/** The registry takes the person's token of Azure in exchange for one of its own, good for three hours. */
export function containerRegistry(context: AciContext): Registry {
  const { name, properties } = earlier<ContainerRegistry>(context, 'registry');
  const host = properties.loginServer;
  return {
    namespace: host,
    image: 'my-image:latest',
    async login() {
      const answer = await fetch(`${context.armUrl ?? `https://${host}`}/oauth2/exchange`, {
        method: 'POST',
        body: new URLSearchParams({
          ...{ grant_type: 'access_token', service: host, tenant: context.tenantId },
          access_token: await context.token(`${ARM}/.default`),
        }),
      });
      if (!answer.ok) throw new Error(`${host} answers ${answer.status}`);
      const { refresh_token: password } = (await answer.json()) as { refresh_token: string };
      return { server: host, username: TOKEN_USER, password };
    },
    loginCommand: `az acr login --name ${name}`,
  };
}

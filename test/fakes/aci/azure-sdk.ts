import { ContainerInstanceManagementClient } from '@azure/arm-containerinstance';
import { ClientSecretCredential } from '@azure/identity';
import type { FakeAci } from './aci.ts';

type Policy = NonNullable<
  ConstructorParameters<typeof ContainerInstanceManagementClient>[2]
>['additionalPolicies'] extends readonly { policy: infer P }[] | undefined
  ? P
  : never;

/** Sends what is meant for Azure to the fake instead; everything else of the SDK stays as it is. */
export function redirected(cloud: FakeAci): Policy {
  return {
    name: 'to-the-fake',
    sendRequest(request, next) {
      const { pathname, search } = new URL(request.url);
      request.url = cloud.url + pathname + search;
      request.allowInsecureConnection = true;
      return next(request);
    },
  };
}

/** Azure's own client, signed in with a secret, pointed at the fake. */
export function azureClient(cloud: FakeAci, secret = 'right') {
  const [app] = cloud.entra.apps;
  const [subscription = ''] = cloud.entra.subscriptions;
  const additionalPolicies = [{ policy: redirected(cloud), position: 'perRetry' as const }];
  const credential = new ClientSecretCredential(app!.tenant, app!.clientId, secret, { additionalPolicies });
  const client = new ContainerInstanceManagementClient(credential, subscription, { retryOptions: { maxRetries: 0 } });
  client.pipeline.addPolicy(redirected(cloud), { afterPolicies: ['bearerTokenAuthenticationPolicy'] });
  return client;
}

export const GROUP = {
  location: 'westeurope',
  osType: 'Linux',
  restartPolicy: 'Never',
  tags: { run: '1' },
  containers: [
    {
      name: 'etl',
      image: 'flows:1',
      command: ['true'],
      environmentVariables: [{ name: 'TOKEN', secureValue: 'hidden' }],
      resources: { requests: { cpu: 1, memoryInGB: 1 } },
    },
  ],
};

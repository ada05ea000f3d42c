import type { TokenCredentialOptions } from '@azure/identity';

type Policy = NonNullable<TokenCredentialOptions['additionalPolicies']>[number]['policy'];

/** Sends to `endpoint` what was meant for Azure, as it is. */
export function redirect(endpoint: string): Policy {
  const { origin } = new URL(endpoint);
  return {
    name: 'redirect',
    sendRequest(request, next) {
      const { pathname, search } = new URL(request.url);
      request.url = origin + pathname + search;
      request.allowInsecureConnection = true;
      return next(request);
    },
  };
}

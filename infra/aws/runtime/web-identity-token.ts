import { GetWebIdentityTokenCommand, STSClient } from '@aws-sdk/client-sts';
import { ENTRA_AUDIENCE } from '../../../shared/targets/aci/audience.ts';

/**
 * The function's own role as a JSON web token for Entra ID, so that a pool needs no client secret (targets.md 3.2). The account must have
 * outbound identity federation enabled; STS says so when it has not.
 */
export function webIdentityToken(): () => Promise<string> {
  let client: STSClient | undefined;
  return async () => {
    client ??= new STSClient({});
    const command = new GetWebIdentityTokenCommand({
      Audience: [ENTRA_AUDIENCE],
      SigningAlgorithm: 'RS256',
      DurationSeconds: 300,
    });
    return (await client.send(command)).WebIdentityToken ?? '';
  };
}

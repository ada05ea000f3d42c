import { GetParameterCommand, type SSMClient } from '@aws-sdk/client-ssm';
import { TerminalError } from '../../../shared/domain/errors.ts';
import { awsError } from './aws-errors.ts';

/** CloudFront's address, which the stack writes down once it is known (docs/decisions/010). */
export async function readApiUrl(client: SSMClient, name: string): Promise<string> {
  const answer = await client.send(new GetParameterCommand({ Name: name })).catch((error: unknown) => {
    throw awsError(error, `GetParameter ${name}`);
  });
  const value = answer.Parameter?.Value;
  if (!value) throw new TerminalError('api-url', `The SSM parameter ${name} is empty. Deploy the stack again.`);
  return value;
}

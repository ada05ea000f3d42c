import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { TerminalError } from '../shared/domain/errors.ts';

/** The outputs of a pushpool stack by name. Throws `TerminalError` with what to do when it cannot be read. */
export async function stackOutputs(name: string): Promise<Map<string, string>> {
  try {
    const answer = await new CloudFormationClient({}).send(new DescribeStacksCommand({ StackName: name }));
    const outputs = answer.Stacks?.[0]?.Outputs ?? [];
    return new Map(outputs.map((output) => [output.OutputKey ?? '', output.OutputValue ?? '']));
  } catch (error) {
    const { name: kind, message } = error as Error;
    throw new TerminalError(
      'no-stack',
      `The stack ${name} could not be read: ${kind}: ${message}. Check the AWS credentials and region, or name it with --stack.`,
      { cause: error },
    );
  }
}

import { readFileSync } from 'node:fs';
import path from 'node:path';
import { inject } from 'vitest';
import type { StackOutputs } from './deploy.ts';
import { REGION } from './emulator.ts';

/** What an SDK client needs to look at the emulated account as its operator. */
export const clientSettings = () => ({
  endpoint: inject('awsEndpoint'),
  region: REGION,
  credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
});

/** What `cdk deploy` printed. */
export function stackOutputs(): StackOutputs {
  const outputs = readFileSync(path.join(inject('emulatorFolder'), 'outputs.json'), 'utf8');
  return (JSON.parse(outputs) as { pushpool: StackOutputs }).pushpool;
}

/** One request of a service whose SDK client is no part of this project; the emulator takes any signature. */
export function requestOf(service: string, route: string, headers: Record<string, string>, body: object) {
  const authorization = `AWS4-HMAC-SHA256 Credential=test/20260101/${REGION}/${service}/aws4_request, SignedHeaders=host, Signature=0`;
  return fetch(`${inject('awsEndpoint')}${route}`, {
    method: 'POST',
    headers: { authorization, ...headers },
    body: JSON.stringify(body),
  });
}

/** Calls a function as rules and schedules do: nobody waits for its answer. */
export async function invokeLater(functionArn: string, payload: object): Promise<void> {
  const route = `/2015-03-31/functions/${encodeURIComponent(functionArn)}/invocations`;
  const { status } = await requestOf('lambda', route, { 'x-amz-invocation-type': 'Event' }, payload);
  if (status !== 202) throw new Error(`Lambda answered ${status}.`);
}

/** Takes up to ten messages from a queue. */
export async function receive(queueUrl: string): Promise<string[]> {
  const headers = { 'content-type': 'application/x-amz-json-1.0', 'x-amz-target': 'AmazonSQS.ReceiveMessage' };
  const response = await requestOf('sqs', '/', headers, { QueueUrl: queueUrl, MaxNumberOfMessages: 10 });
  const { Messages = [] } = (await response.json()) as { Messages?: { Body: string }[] };
  return Messages.map(({ Body }) => Body);
}

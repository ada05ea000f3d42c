import { CloudFormationClient, CreateStackCommand, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { App, BootstraplessSynthesizer } from 'aws-cdk-lib';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { waitUntil } from '../conformance/waiting.ts';
import { clientSettings, invokeLater, receive, stackOutputs } from './aws.ts';
import { call, type PrefectClient, prefectClient } from './client.ts';
import { ENDED, provisionEcsPool, untilState } from './ecs-pool.ts';
import { ACCOUNT, REGION } from './emulator.ts';
import { ListeningStack } from './listening-stack.ts';
import { deniedRequests } from './permissions.ts';

/**
 * A team's rules beside the deployed stack. What the emulator lacks: a text that an input transformer takes from an event comes
 * without its quotes, so the example's own rule is only synthesised (test/examples); a rule neither repeats a call that failed nor
 * hands it to the function's own queue, so that is shown with the asynchronous call that a rule makes; the permission of a rule to
 * call the function is not asked for.
 */
const STACK = 'listening';
const POOL = 'shop';
let client: PrefectClient;
let changesUrl: string;

beforeAll(async () => {
  client = await prefectClient();
  await provisionEcsPool(client, POOL);
  changesUrl = await deployListeningStack();
  const { body: flow } = await call('POST', '/flows/', { name: 'shop' });
  for (const name of ['first', 'second']) {
    const command = { job_variables: { command: "sh -c 'exit 0'" } };
    const body = {
      name,
      flow_id: flow.id,
      work_pool_name: POOL,
      parameters: { day: 'today' },
      tags: ['d'],
      ...command,
    };
    expect((await call('POST', '/deployments/', body)).status).toBe(201);
  }
});
afterAll(() => client?.remove());

/** Answers the address of the queue on which every state change is put. */
async function deployListeningStack(): Promise<string> {
  const { RunDeploymentArn, EventBusName } = stackOutputs();
  const app = new App();
  new ListeningStack(app, STACK, {
    env: { account: ACCOUNT, region: REGION },
    synthesizer: new BootstraplessSynthesizer(),
    runDeploymentArn: RunDeploymentArn,
    eventBusName: EventBusName,
  });
  const formation = new CloudFormationClient(clientSettings());
  const TemplateBody = JSON.stringify(app.synth().getStackArtifact(STACK).template);
  await formation.send(new CreateStackCommand({ StackName: STACK, TemplateBody }));
  return waitUntil(
    async () => {
      const { Stacks: [stack] = [] } = await formation.send(new DescribeStacksCommand({ StackName: STACK }));
      if (stack?.StackStatus?.includes('ROLLBACK')) throw new Error(`The stack failed: ${stack.StackStatusReason}`);
      return stack?.StackStatus === 'CREATE_COMPLETE' && stack.Outputs?.[0]?.OutputValue;
    },
    { seconds: 60, what: 'the stack' },
  );
}

/** A team's program says something on the account's own bus; answers the event's id. */
async function put(detail: object): Promise<string> {
  const entry = { Source: 'team.shop', DetailType: 'Run', Detail: JSON.stringify(detail) };
  const { Entries } = await new EventBridgeClient(clientSettings()).send(new PutEventsCommand({ Entries: [entry] }));
  return Entries![0]!.EventId!;
}

const runsOf = async (deployment: string, having: object = {}) =>
  (await call('POST', '/flow_runs/filter', { deployments: { name: { any_: [deployment] } }, ...having })).body;

const runOf = (deployment: string) =>
  waitUntil(async () => (await runsOf(deployment))[0], {
    seconds: 60,
    what: `a run of ${deployment}`,
    everyMilliseconds: 500,
  });

describe('rules of a team in the account of the deployed stack', () => {
  it('run a deployment for an event, with its parameters and tags, whose id is the idempotency key', async () => {
    const eventId = await put({ deployment: 'shop/first', parameters: { day: 'monday' }, tags: ['rule'] });

    const run = await runOf('first');

    expect(run).toMatchObject({ parameters: { day: 'monday' }, tags: ['d', 'rule'], idempotency_key: eventId });
    expect((await untilState(run.id, ENDED)).state_type).toBe('COMPLETED');
  });

  it('hear that it completed, and run another deployment after it, once', async () => {
    const [first] = await runsOf('first');

    const second = await runOf('second');

    expect(second.tags).toEqual(['d', `after ${first.id}`]);
    expect((await untilState(second.id, ENDED)).state_type).toBe('COMPLETED');
    expect(await runsOf('second')).toHaveLength(1);
  });

  it('hear of every state of a run', async () => {
    const [first] = await runsOf('first');
    const heard: { detail: { flow_run: { id: string }; state: { type: string } }; time: string }[] = [];

    await waitUntil(
      async () => {
        heard.push(...(await receive(changesUrl)).map((body) => JSON.parse(body)));
        return heard.some(({ detail }) => detail.flow_run.id === first.id && detail.state.type === 'COMPLETED');
      },
      { seconds: 60, what: 'the last change of the run', everyMilliseconds: 500 },
    );

    const states = heard.filter(({ detail }) => detail.flow_run.id === first.id).map(({ detail }) => detail.state.type);
    expect(new Set(states)).toEqual(new Set(['SCHEDULED', 'PENDING', 'COMPLETED']));
  });

  it('find in the queue of the refused what asked for something wrong, with the reason', async () => {
    await invokeLater(stackOutputs().RunDeploymentArn, { deployment: 'shop/third' });

    const refused = await waitUntil(async () => (await receive(stackOutputs().RunDeploymentRefusedUrl))[0], {
      seconds: 60,
      what: 'the refused event',
      everyMilliseconds: 500,
    });

    expect(JSON.parse(refused).responsePayload.errorMessage).toContain('There is no deployment "shop/third"');
  });

  it('need no permission that a role does not grant', () => {
    expect(deniedRequests(inject('emulatorFolder'))).toEqual([]);
  });
});

import { App } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { beforeAll, describe, expect, it } from 'vitest';
import { OrdersStack } from '../../examples/cdk/orders-stack.ts';
import { runDeploymentInput } from '../../shared/api/schemas/run-deployment.ts';
import { EVENT_SOURCE, STATE_CHANGE } from '../../shared/ports/event-bus.ts';

const RUN_DEPLOYMENT = 'arn:aws:lambda:eu-central-1:111122223333:function:pushpool-run-deployment';

describe('the example of a team’s own stack (docs/eventbridge.md)', () => {
  let template: Template;
  beforeAll(() => {
    const stack = new OrdersStack(new App(), 'orders', {
      env: { account: '111122223333', region: 'eu-central-1' },
      runDeploymentArn: RUN_DEPLOYMENT,
      eventBusName: 'pushpool',
      bucketName: 'orders',
    });
    template = Template.fromStack(stack);
  });

  it('runs a deployment for an event, which may call the function', () => {
    template.hasResourceProperties('AWS::Events::Rule', {
      EventPattern: { source: ['aws.s3'] },
      Targets: [{ Arn: RUN_DEPLOYMENT, DeadLetterConfig: Match.anyValue() }],
    });
    template.hasResourceProperties('AWS::Lambda::Permission', { Principal: 'events.amazonaws.com' });
  });

  it('runs a deployment at a time of its own, with what the function takes', () => {
    const [schedule] = Object.values(template.findResources('AWS::Scheduler::Schedule'));

    expect(schedule?.['Properties'].Target.Arn).toBe(RUN_DEPLOYMENT);
    const input: unknown = JSON.parse(schedule?.['Properties'].Target.Input);
    expect(runDeploymentInput.safeParse(input).success).toBe(true);
  });

  it('listens for the events that pushpool puts on its bus', () => {
    template.hasResourceProperties('AWS::Events::Rule', {
      EventBusName: 'pushpool',
      EventPattern: { source: [EVENT_SOURCE], 'detail-type': [STATE_CHANGE] },
    });
  });
});

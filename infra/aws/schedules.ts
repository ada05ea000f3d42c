import { Duration } from 'aws-cdk-lib';
import { Policy, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { CfnScheduleGroup } from 'aws-cdk-lib/aws-scheduler';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { type FunctionName, namesOf, ROLE_PATH } from './names.ts';

/** Functions that a timer may call: what is due or late, repairs, clean-ups. */
const CALLED: readonly FunctionName[] = [
  'lifecycle',
  'repair',
  'timer-fired',
  'target-ecs',
  'target-aci',
  'target-cloud-run',
  'target-modal',
];

/** The group of all one-shot timers, the role that fires them, and the queue of what could not be delivered (rule 16). */
export class Schedules extends Construct {
  readonly role: Role;
  readonly deadLetters: Queue;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    const names = namesOf(this);
    new CfnScheduleGroup(this, 'Group', { name: names.scheduleGroupName });
    this.deadLetters = new Queue(this, 'DeadLetters', {
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      retentionPeriod: Duration.days(14),
    });
    this.role = new Role(this, 'Role', { path: ROLE_PATH, assumedBy: new ServicePrincipal('scheduler.amazonaws.com') });
    const policy = new Policy(this, 'Fire', { roles: [this.role] });
    policy.addStatements(
      new PolicyStatement({ actions: ['lambda:InvokeFunction'], resources: CALLED.map(names.functionArn) }),
      new PolicyStatement({ actions: ['sqs:SendMessage'], resources: [this.deadLetters.queueArn] }),
    );
  }
}

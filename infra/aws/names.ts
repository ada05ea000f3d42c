import { ArnFormat, Aws, Stack } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';

/** Every function of the stack by its short name; the deployed name is `{stack}-{short name}`. */
export const FUNCTIONS = [
  'api',
  'page',
  'realtime',
  'lifecycle',
  'repair',
  'container-ended',
  'timer-fired',
  'run-deployment',
  'target-ecs',
  'target-aci',
  'target-cloud-run',
  'target-modal',
] as const;
export type FunctionName = (typeof FUNCTIONS)[number];

/** Which function submits for a pool type. */
export const TARGET_OF_POOL_TYPE = {
  'ecs:push': 'target-ecs',
  'azure-container-instance:push': 'target-aci',
  'cloud-run:push': 'target-cloud-run',
  'cloud-run-v2:push': 'target-cloud-run',
  'modal:push': 'target-modal',
} as const satisfies Record<string, FunctionName>;

export const STAGE = 'live';
/** IAM path of every role that pushpool hands to a service (rule 30). */
export const ROLE_PATH = '/pushpool/';

/**
 * Names that are known before the resources are: functions, state machine and schedules refer to each other in a circle,
 * which CloudFormation can only resolve when one side is a name. They also stay the same over upgrades (rule 29).
 */
export function namesOf(scope: IConstruct) {
  const stack = Stack.of(scope);
  const prefix = stack.stackName;
  const colon = (service: string, resource: string, resourceName: string) =>
    stack.formatArn({ service, resource, resourceName, arnFormat: ArnFormat.COLON_RESOURCE_NAME });
  return {
    prefix,
    functionName: (name: FunctionName) => `${prefix}-${name}`,
    functionArn: (name: FunctionName) => colon('lambda', 'function', `${prefix}-${name}`),
    functionArnPrefix: colon('lambda', 'function', `${prefix}-`),
    stateMachineName: `${prefix}-flow-run`,
    stateMachineArn: colon('states', 'stateMachine', `${prefix}-flow-run`),
    executionsArn: colon('states', 'execution', `${prefix}-flow-run:*`),
    scheduleGroupName: prefix,
    schedulesArn: stack.formatArn({ service: 'scheduler', resource: 'schedule', resourceName: `${prefix}/*` }),
    eventBusName: prefix,
    eventBusArn: stack.formatArn({ service: 'events', resource: 'event-bus', resourceName: prefix }),
    apiUrlParameter: `/${prefix}/api-url`,
    apiUrlParameterArn: stack.formatArn({ service: 'ssm', resource: 'parameter', resourceName: `${prefix}/api-url` }),
  };
}
export type Names = ReturnType<typeof namesOf>;

/** Where API Gateway answers: `{id}.execute-api.{region}.amazonaws.com`. */
export const apiDomain = (apiId: string): string => `${apiId}.execute-api.${Aws.REGION}.${Aws.URL_SUFFIX}`;

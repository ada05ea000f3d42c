/**
 * The state machine of one attempt of a flow run, in Amazon States Language (JSONPath). CDK deploys it, the local home
 * interprets it. What travels is ids and the next step; everything else is read from the store by the step that needs it.
 *
 * Billed on the happy path, of runs that are due at once as of scheduled ones (rule 25, decision 065): the start, WaitUntilDue,
 * Prepare, Choose, Submit, Finish: 6. Submit hands over the token itself and so is also the wait for the run's end; AwaitSignal is
 * for an execution that finds its run already submitted.
 */

/** How long a container may take to report Cancelled, or to end by itself after a stop (rule 11), unless the home is set otherwise. */
export const GRACE_SECONDS = 45;
/** After this a run is Cancelled whether or not its cloud has confirmed (rule 11). */
export const CANCEL_DEADLINE_SECONDS = 300;
/** An execution may live a year; a wait is renewed well before (rule 14). */
const SIGNAL_TIMEOUT_SECONDS = 300 * 24 * 3600;

const INVOKE = 'arn:aws:states:::lambda:invoke';
const INVOKE_WITH_TOKEN = 'arn:aws:states:::lambda:invoke.waitForTaskToken';

/**
 * Passing faults: those of a cloud that limits requests or is full by their own measure (targets/target-error.ts), all others,
 * ours and Lambda's, again soon, with jitter, then slower. Submit itself ends the wait for room at the run's start limit.
 */
const RETRY = [
  {
    ErrorEquals: ['Throttled'],
    IntervalSeconds: 1,
    BackoffRate: 2,
    MaxAttempts: 40,
    MaxDelaySeconds: 30,
    JitterStrategy: 'FULL',
  },
  { ErrorEquals: ['NoCapacity'], IntervalSeconds: 30, BackoffRate: 1.5, MaxAttempts: 500, MaxDelaySeconds: 300 },
  {
    ErrorEquals: [
      'TransientError',
      'ConflictError',
      'Lambda.ServiceException',
      'Lambda.AWSLambdaException',
      'Lambda.SdkClientException',
      'Lambda.TooManyRequestsException',
      'Lambda.ClientExecutionTimeoutException',
      'Lambda.Unknown',
      'Sandbox.Timedout',
    ],
    IntervalSeconds: 1,
    BackoffRate: 2,
    MaxAttempts: 10,
    MaxDelaySeconds: 60,
    JitterStrategy: 'FULL',
  },
];

const payload = (step: string, more: Record<string, unknown> = {}) => ({
  step,
  'input.$': '$$.Execution.Input',
  ...more,
});
const lifecycle = (step: string, more: Record<string, unknown> = {}) => ({
  // biome-ignore lint/suspicious/noTemplateCurlyInString: CloudFormation's DefinitionSubstitutions fill it
  FunctionName: '${LifecycleFunction}',
  Payload: payload(step, more),
});
/** Prepare names the function of the run's cloud: no Choice per cloud, no function that calls a function. */
const target = (step: string, more: Record<string, unknown> = {}) => ({
  'FunctionName.$': '$.target',
  Payload: payload(step, more),
});
const TOKEN = { 'token.$': '$$.Task.Token' };
const to = (next: string, errors = ['States.ALL']) => ({ ErrorEquals: errors, ResultPath: null, Next: next });

export const LIFECYCLE_DEFINITION = {
  Comment: 'One attempt of a flow run, from due to cleaned up.',
  StartAt: 'WaitUntilDue',
  States: {
    WaitUntilDue: { Type: 'Wait', TimestampPath: '$.until', Next: 'Prepare' },
    Prepare: {
      Type: 'Task',
      Resource: INVOKE,
      Parameters: lifecycle('prepare'),
      OutputPath: '$.Payload',
      Retry: RETRY,
      Catch: [to('Abandon')],
      Next: 'Choose',
    },
    Choose: {
      Type: 'Choice',
      Choices: [
        { Variable: '$.next', StringEquals: 'submit', Next: 'Submit' },
        { Variable: '$.next', StringEquals: 'wait', Next: 'WaitUntilDue' },
        { Variable: '$.next', StringEquals: 'await', Next: 'AwaitSignal' },
        { Variable: '$.next', StringEquals: 'finish', Next: 'Finish' },
        { Variable: '$.next', StringEquals: 'park', Next: 'Park' },
      ],
      Default: 'Done',
    },
    Park: {
      Type: 'Task',
      Resource: INVOKE_WITH_TOKEN,
      Parameters: lifecycle('park', TOKEN),
      TimeoutSeconds: SIGNAL_TIMEOUT_SECONDS,
      ResultPath: null,
      Retry: RETRY,
      Catch: [to('Prepare', ['States.Timeout']), to('Abandon')],
      Next: 'Prepare',
    },
    Submit: {
      Type: 'Task',
      Resource: INVOKE_WITH_TOKEN,
      Parameters: target('submit', TOKEN),
      TimeoutSeconds: SIGNAL_TIMEOUT_SECONDS,
      ResultPath: null,
      Retry: RETRY,
      Catch: [to('Finish')],
      Next: 'Finish',
    },
    AwaitSignal: {
      Type: 'Task',
      Resource: INVOKE_WITH_TOKEN,
      Parameters: lifecycle('await-signal', TOKEN),
      TimeoutSeconds: SIGNAL_TIMEOUT_SECONDS,
      ResultPath: null,
      Retry: RETRY,
      Catch: [to('Finish')],
      Next: 'Finish',
    },
    Finish: {
      Type: 'Task',
      Resource: INVOKE,
      Parameters: target('finish'),
      ResultPath: null,
      Retry: RETRY,
      Catch: [to('AwaitEnd', ['AwaitEnd']), to('Abandon')],
      End: true,
    },
    AwaitEnd: {
      Type: 'Task',
      Resource: INVOKE_WITH_TOKEN,
      Parameters: lifecycle('await-end', TOKEN),
      TimeoutSeconds: GRACE_SECONDS,
      ResultPath: null,
      Retry: RETRY,
      Catch: [to('Finish')],
      Next: 'Finish',
    },
    Abandon: {
      Type: 'Task',
      Resource: INVOKE,
      Parameters: lifecycle('abandon'),
      ResultPath: null,
      Retry: RETRY,
      End: true,
    },
    Done: { Type: 'Succeed' },
  },
} as const;

/** The state machine of a home that gives containers another grace. */
export const definitionWithGrace = (seconds: number): object => ({
  ...LIFECYCLE_DEFINITION,
  States: {
    ...LIFECYCLE_DEFINITION.States,
    AwaitEnd: { ...LIFECYCLE_DEFINITION.States.AwaitEnd, TimeoutSeconds: seconds },
  },
});

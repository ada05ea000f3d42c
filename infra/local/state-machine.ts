import { StateMachine, type StateMachineDefinition } from 'aws-local-stepfunctions';

/** The interpreter ends every task by a timer of its own, which holds 24 days at most; the real time-outs are kept by execution.ts. */
const INTERPRETER_TIMEOUT_SECONDS = 2_000_000;
const WAIT_RESOURCE = 'arn:aws:states:::local:wait';

/** What runs a Task state: how its resource is called, and its own time limit. */
export interface TaskState {
  readonly kind: 'invoke' | 'invoke-with-token' | 'wait';
  readonly timeoutSeconds: number | null;
}

export interface CompiledStateMachine {
  readonly machine: StateMachine;
  /** Every state that calls out of the interpreter, by name. */
  readonly tasks: ReadonlyMap<string, TaskState>;
}

type State = Record<string, unknown> & { Type: string };

/**
 * The definition that CDK deploys, made ready for the interpreter: `${…}` substituted, and two things turned into what it can
 * do. Wait states become tasks, because its waits end at once when they are longer than 24 days; time-outs move out, because its
 * default is 60 s where Step Functions has none. Throws when a substitution is missing; whether the definition is valid is a test,
 * as the check takes longer than the rest of the start.
 */
export function compileStateMachine(
  definition: object,
  substitutions: Readonly<Record<string, string>>,
  options: { readonly validate?: boolean } = {},
): CompiledStateMachine {
  const text = JSON.stringify(definition).replaceAll(/\$\{(\w+)\}/g, (_, name: string) => {
    const value = substitutions[name];
    if (value === undefined)
      throw new Error(`The state machine definition asks for \${${name}}, which this home does not give.`);
    return value;
  });
  const parsed = JSON.parse(text) as { States: Record<string, State> };
  const tasks = new Map<string, TaskState>();
  for (const [name, state] of Object.entries(parsed.States)) {
    if (state.Type === 'Wait') parsed.States[name] = waitAsTask(state);
    if (state.Type !== 'Task' && state.Type !== 'Wait') continue;
    const timeoutSeconds = (state['TimeoutSeconds'] as number | undefined) ?? null;
    tasks.set(name, { kind: kindOf(name, parsed.States[name]!), timeoutSeconds });
    parsed.States[name]!['TimeoutSeconds'] = INTERPRETER_TIMEOUT_SECONDS;
  }
  const machine = new StateMachine(parsed as unknown as StateMachineDefinition, {
    validationOptions: { noValidate: !options.validate },
  });
  return { machine, tasks };
}

function kindOf(name: string, state: State): TaskState['kind'] {
  switch (state['Resource']) {
    case 'arn:aws:states:::lambda:invoke':
      return 'invoke';
    case 'arn:aws:states:::lambda:invoke.waitForTaskToken':
      return 'invoke-with-token';
    case WAIT_RESOURCE:
      return 'wait';
    default:
      throw new Error(`State ${name} uses ${String(state['Resource'])}, which this home cannot run.`);
  }
}

function waitAsTask(state: State): State {
  const { Seconds, SecondsPath, Timestamp, TimestampPath, ...rest } = state;
  return {
    ...rest,
    Type: 'Task',
    Resource: WAIT_RESOURCE,
    Parameters: {
      ...(Seconds !== undefined && { seconds: Seconds }),
      ...(SecondsPath !== undefined && { 'seconds.$': SecondsPath }),
      ...(Timestamp !== undefined && { timestamp: Timestamp }),
      ...(TimestampPath !== undefined && { 'timestamp.$': TimestampPath }),
    },
    ResultPath: null,
  };
}

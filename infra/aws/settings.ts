import type { Node } from 'constructs';
import { CANCEL_DEADLINE_SECONDS, GRACE_SECONDS } from '../../shared/lifecycle/definition.ts';
import { FUNCTIONS, type FunctionName } from './names.ts';

/** What an operator may choose with `cdk deploy -c name=value`, or in the `context` of cdk.json. */
export interface StackSettings {
  /** `retentionDays`: how long events and logs are kept. @default 30 */
  readonly retentionDays: number;
  /**
   * `cancelGraceSeconds`: how long the container of a run that is being cancelled may take to end by itself, before it is stopped.
   * @default 45
   */
  readonly cancelGraceSeconds: number;
  /** `apiUrl`: the address clients use when it is not CloudFront's own, e.g. `https://pushpool.example.com/api`. */
  readonly apiUrl: string | undefined;
  /** `passRoles`: ARNs of roles outside `/pushpool/` that ECS tasks may be given (rule 30), separated by commas. */
  readonly passRoles: readonly string[];
  /** `reservedConcurrency`: e.g. `api=20,lifecycle=20`; an account with the default quota of a new account has none to reserve. */
  readonly reservedConcurrency: Readonly<Partial<Record<FunctionName, number>>>;
}

/** Reads the context; throws a sentence for a person when a value makes no sense. */
export function readSettings(node: Node): StackSettings {
  const text = (name: string) => {
    const value: unknown = node.tryGetContext(name);
    return value === undefined || value === '' ? undefined : String(value);
  };
  const list = (name: string) =>
    (text(name) ?? '')
      .split(',')
      .map((part) => part.trim())
      .filter((part) => part !== '');
  const settings: StackSettings = {
    retentionDays: wholeNumber('retentionDays', text('retentionDays') ?? '30'),
    cancelGraceSeconds: wholeNumber('cancelGraceSeconds', text('cancelGraceSeconds') ?? String(GRACE_SECONDS)),
    apiUrl: text('apiUrl')?.replace(/\/$/, ''),
    passRoles: list('passRoles'),
    reservedConcurrency: Object.fromEntries(list('reservedConcurrency').map(parseReservation)),
  };
  if (settings.apiUrl !== undefined && !/^https?:\/\/.+\/api$/.test(settings.apiUrl)) {
    throw new Error(`The context value apiUrl is "${settings.apiUrl}". It must be an address that ends in /api.`);
  }
  if (settings.cancelGraceSeconds >= CANCEL_DEADLINE_SECONDS) {
    throw new Error(
      `The context value cancelGraceSeconds is ${settings.cancelGraceSeconds}. It must be less than ${CANCEL_DEADLINE_SECONDS}, after which a run is Cancelled in any case.`,
    );
  }
  for (const role of settings.passRoles) {
    if (/^arn:aws[\w-]*:iam::\d{12}:role\/[^*]+$/.test(role)) continue;
    throw new Error(`The context value passRoles holds "${role}". Each must be the whole ARN of one IAM role.`);
  }
  return settings;
}

function parseReservation(pair: string): [FunctionName, number] {
  const [name, count = ''] = pair.split('=');
  if (!FUNCTIONS.includes(name as FunctionName)) {
    throw new Error(`The context value reservedConcurrency names "${name}". Known are: ${FUNCTIONS.join(', ')}.`);
  }
  return [name as FunctionName, wholeNumber(`reservedConcurrency of ${name}`, count)];
}

function wholeNumber(name: string, value: string): number {
  if (!/^[1-9]\d*$/.test(value)) throw new Error(`The context value ${name} is "${value}". It must be a whole number.`);
  return Number(value);
}

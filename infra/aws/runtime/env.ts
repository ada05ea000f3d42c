import * as z from 'zod/mini';
import { TerminalError } from '../../../shared/domain/errors.ts';

const text = z.string().check(z.minLength(1));

const schema = z.object({
  AWS_REGION: text,
  TABLE_NAME: text,
  /** The customer key: block secrets and tokens. */
  KEY_ID: text,
  STATE_MACHINE_ARN: text,
  SCHEDULE_GROUP: text,
  /** The role with which EventBridge Scheduler calls our functions. */
  SCHEDULE_ROLE_ARN: text,
  SCHEDULE_DEAD_LETTER_ARN: text,
  /** A function's ARN up to its own short name: `arn:…:function:pushpool-`. */
  FUNCTION_ARN_PREFIX: text,
  /** Where state changes of flow runs are put for the team's own rules. */
  EVENT_BUS_NAME: text,
  /** `https://…/{stage}` of the WebSocket API, where messages to open sockets are posted. */
  SOCKETS_ENDPOINT: text,
  /** The SSM parameter that holds the address of CloudFront (docs/decisions/010). */
  API_URL_PARAMETER: text,
  /** `{"ecs:push": "<function ARN>", …}` */
  TARGETS: text,
  RETENTION_DAYS: text,
  CANCEL_GRACE_SECONDS: text,
  /** Roles that ECS tasks may be given beside those under `/pushpool/`, separated by commas. */
  PASS_ROLES: z._default(z.string(), ''),
});

export type Environment = z.infer<typeof schema> & { readonly targets: Record<string, string> };

/** The function's environment, validated once at start. Throws `TerminalError` naming what is missing: a fault of the deployment. */
export function readEnvironment(env: Readonly<Record<string, string | undefined>>): Environment {
  const parsed = schema.safeParse(env);
  if (!parsed.success) {
    const names = parsed.error.issues.map((issue) => issue.path.join('.'));
    throw new TerminalError(
      'environment',
      `The function was deployed without: ${names.join(', ')}. Deploy the stack again.`,
    );
  }
  return { ...parsed.data, targets: z.record(text, text).parse(JSON.parse(parsed.data.TARGETS)) };
}

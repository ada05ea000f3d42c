import type { Construct } from 'constructs';
import type { Bundles } from './bundle.ts';
import type { Data } from './data.ts';
import { namesOf, TARGET_OF_POOL_TYPE } from './names.ts';
import type { Schedules } from './schedules.ts';
import type { StackSettings } from './settings.ts';
import type { Sockets } from './sockets.ts';

/** What every function of the stack is built from. */
export interface Home {
  readonly data: Data;
  readonly schedules: Schedules;
  readonly sockets: Sockets;
  readonly bundles: Bundles;
  readonly settings: StackSettings;
  /** The same for all of them: `infra/aws/runtime/env.ts` reads it. What a function may do with it is its role's matter. */
  readonly environment: Record<string, string>;
}

export function homeOf(scope: Construct, parts: Omit<Home, 'environment'>): Home {
  const names = namesOf(scope);
  const targets = Object.entries(TARGET_OF_POOL_TYPE).map(([type, name]) => [type, names.functionArn(name)]);
  return {
    ...parts,
    environment: {
      TABLE_NAME: parts.data.table.tableName,
      KEY_ID: parts.data.key.keyArn,
      STATE_MACHINE_ARN: names.stateMachineArn,
      SCHEDULE_GROUP: names.scheduleGroupName,
      SCHEDULE_ROLE_ARN: parts.schedules.role.roleArn,
      SCHEDULE_DEAD_LETTER_ARN: parts.schedules.deadLetters.queueArn,
      FUNCTION_ARN_PREFIX: names.functionArnPrefix,
      EVENT_BUS_NAME: names.eventBusName,
      SOCKETS_ENDPOINT: `https://${parts.sockets.domain}/${parts.sockets.stage}`,
      API_URL_PARAMETER: names.apiUrlParameter,
      TARGETS: `{${targets.map(([type, arn]) => `"${type}":"${arn}"`).join(',')}}`,
      RETENTION_DAYS: String(parts.settings.retentionDays),
      CANCEL_GRACE_SECONDS: String(parts.settings.cancelGraceSeconds),
      PASS_ROLES: parts.settings.passRoles.join(','),
    },
  };
}

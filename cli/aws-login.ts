import { existsSync } from 'node:fs';
import path from 'node:path';
import type { Env } from './settings/settings.ts';

const NAMED = [
  'AWS_ACCESS_KEY_ID',
  'AWS_PROFILE',
  'AWS_WEB_IDENTITY_TOKEN_FILE',
  'AWS_CONTAINER_CREDENTIALS_RELATIVE_URI',
];

/** Whether this machine has AWS credentials of any kind; asking AWS without any takes long. */
export const hasAwsLogin = (env: Env): boolean =>
  existsSync(path.join(env['HOME'] ?? '', '.aws')) || NAMED.some((name) => env[name]);

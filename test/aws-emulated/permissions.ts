import { readFileSync } from 'node:fs';
import path from 'node:path';
import { stripVTControlCharacters } from 'node:util';

/**
 * What our functions' roles asked for and were not granted, as `action by function`. The emulator evaluates the policies of DynamoDB,
 * KMS, Lambda, EventBridge Scheduler, SQS and STS calls, and only notes a refusal (`FAKECLOUD_IAM=soft`).
 */
export function deniedRequests(emulatorFolder: string): string[] {
  const log = stripVTControlCharacters(readFileSync(path.join(emulatorFolder, 'emulator.log'), 'utf8'));
  return log.split('\n').flatMap((line) => {
    const [, action, role] =
      /IAM policy evaluation denied.* action=(\S+) .*assumed-role\/(pushpool-\S+)/.exec(line) ?? [];
    return action ? [`${action} by ${role}`] : [];
  });
}

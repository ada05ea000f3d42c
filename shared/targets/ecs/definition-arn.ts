import {
  DescribeTaskDefinitionCommand,
  type ECSClient,
  RegisterTaskDefinitionCommand,
  type RegisterTaskDefinitionCommandInput,
  type TaskDefinition,
} from '@aws-sdk/client-ecs';
import type { JsonObject } from '../../domain/json/json.ts';
import { TargetError } from '../target-error.ts';
import type { EcsClients } from './credentials.ts';
import { definitionHash } from './definition.ts';
import { ecsError } from './errors.ts';
import type { TaskDefinitions } from './task-definitions.ts';

export interface Registered {
  readonly arn: string;
  /** This submission made the revision. */
  readonly registered: boolean;
}

const BUSY_TRIES = 5;

/**
 * The revision with exactly this content: a known one, the family's newest if it is the same, else a new one. In a burst one
 * process registers and the others wait. Never one per run.
 */
export async function definitionArn(
  clients: EcsClients,
  known: TaskDefinitions,
  input: JsonObject,
  waitMs: number,
): Promise<Registered & { readonly hash: string }> {
  const content = definitionHash(input);
  const hash = `${clients.id}/${content}`;
  for (let attempt = 1; ; attempt++) {
    const claim = await known.claim(hash);
    if (typeof claim === 'object') return { arn: claim.arn, registered: false, hash };
    if (claim === 'register') break;
    if (attempt >= BUSY_TRIES) {
      throw new TargetError('transient', 'Another run is registering the same task definition.');
    }
    await new Promise((done) => setTimeout(done, waitMs));
  }
  const same = await newestOfFamily(clients.ecs, String(input['family']), content);
  const result = same ? { arn: same, registered: false } : await register(clients.ecs, input);
  await known.keep(hash, result.arn);
  return { ...result, hash };
}

async function newestOfFamily(ecs: ECSClient, family: string, content: string): Promise<string | null> {
  const newest = await describeDefinition(ecs, family);
  if (newest?.status !== 'ACTIVE' || !newest.taskDefinitionArn) return null;
  const same = definitionHash(JSON.parse(JSON.stringify(newest)) as JsonObject) === content;
  return same ? newest.taskDefinitionArn : null;
}

/** Null for an unknown one. */
export async function describeDefinition(ecs: ECSClient, name: string): Promise<TaskDefinition | null> {
  try {
    const answer = await ecs.send(new DescribeTaskDefinitionCommand({ taskDefinition: name }));
    return answer.taskDefinition ?? null;
  } catch (error) {
    const mapped = ecsError(error, 'DescribeTaskDefinition');
    if (mapped.kind === 'not-found') return null;
    throw mapped;
  }
}

/** Not idempotent, and harmless when doubled: a second revision of the same content. */
async function register(ecs: ECSClient, input: JsonObject): Promise<Registered> {
  try {
    const answer = await ecs.send(
      new RegisterTaskDefinitionCommand(input as unknown as RegisterTaskDefinitionCommandInput),
    );
    return { arn: answer.taskDefinition?.taskDefinitionArn ?? '', registered: true };
  } catch (error) {
    throw ecsError(error, 'RegisterTaskDefinition');
  }
}

import { v5 as uuid5 } from 'uuid';
import type { AttemptId, RunContext } from '../target.ts';

const TOKENS = '0b0f6b39-7d0c-4f0e-9f7e-3a1f0a3c5d24';
const TAGS_MAX = 50;

/** `startedBy` of the tasks that pushpool starts; how they are found again. */
export const startedBy = ({ flowRunId, attempt }: AttemptId): string => `pp/${flowRunId}/${attempt}`;

/** Whose task it is; null for a task that is not pushpool's. */
export function readStartedBy(text: string | undefined): AttemptId | null {
  const [, flowRunId, attempt] = /^pp\/([0-9a-f-]{36})\/(\d+)$/.exec(text ?? '') ?? [];
  return flowRunId && attempt ? { flowRunId, attempt: Number(attempt) } : null;
}

/** `RunTask` with the same token and request makes one task. */
export const clientToken = ({ flowRunId, attempt }: AttemptId): string => uuid5(`${flowRunId}/${attempt}`, TOKENS);

/** As Prefect's worker names it, with what ECS does not take replaced. */
export function familyOf(given: string | null, run: RunContext): string {
  const name = given ?? `prefect_${run.workPoolName}_${run.deploymentId ?? run.flowId}`;
  return name.replaceAll(/[^A-Za-z0-9_-]+/g, '-').slice(0, 255);
}

export const streamPrefixOf = (given: string | null, run: RunContext): string =>
  given ?? `prefect-logs_${run.workPoolName}_${run.deploymentId ?? run.flowId}`;

/** Labels as ECS takes them: other characters become `-`, long ones are cut, 50 at most. */
export function tagsOf(labels: Readonly<Record<string, string>>, attempt: number): { key: string; value: string }[] {
  const clean = (text: string, length: number) => text.replaceAll(/[^a-zA-Z0-9_./=+:@-]/g, '-').slice(0, length);
  const tags = new Map([['pushpool:attempt', String(attempt)]]);
  for (const [key, value] of Object.entries(labels)) {
    // ECS keeps the prefix to itself, in any case of letters.
    const name = /^aws:/i.test(key) ? `-${key}` : key;
    if (name) tags.set(clean(name, 128), clean(value, 256));
  }
  return [...tags].slice(0, TAGS_MAX).map(([key, value]) => ({ key, value }));
}

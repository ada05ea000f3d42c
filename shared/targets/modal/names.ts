import { createHash } from 'node:crypto';
import type { AttemptId, RunContext } from '../target.ts';
import type { ModalJob } from './parse.ts';

const MAX_TAG = 63;
const SLUG = 40;
/** By these a list finds pushpool's sandboxes, and the attempt that each of them is. */
export const OURS_TAG = 'pushpool';
export const RUN_TAG = 'pushpool.flow-run-id';
export const ATTEMPT_TAG = 'pushpool.attempt';

/** Unique among running sandboxes of an app: the job's name and 12 digits of the attempt's hash (targets.md 1.2). */
export function sandboxName(job: ModalJob, at: AttemptId): string {
  const slug = allowed(job.name ?? '')
    .slice(0, SLUG)
    .replace(/[-.]+$/, '');
  return `${slug || 'flow-run'}-${sha256(`${at.flowRunId}/${at.attempt}`).slice(0, 12)}`;
}

/** `run` is null where only the job is known; its labels name the pool too. */
export function appName(job: ModalJob, run: RunContext | null): string {
  if (job.appName !== null) return job.appName;
  const pool = run?.workPoolName ?? job.labels['prefect.io/work-pool-name'] ?? 'pushpool';
  return allowed(`prefect-${pool}`).slice(0, MAX_TAG);
}

/** The run's labels as tags, which take letters, digits, `-`, `.`, `_` and 63 of them; ours are never overridden. */
export function tagsOf(job: ModalJob, at: AttemptId): Record<string, string> {
  const tags: Record<string, string> = {};
  for (const [key, value] of Object.entries(job.labels)) {
    if (key !== '' && value !== '') tags[allowed(key).slice(0, MAX_TAG)] = allowed(value).slice(0, MAX_TAG);
  }
  return { ...tags, ...identity(at) };
}

/** The tags that only this attempt's sandbox has. */
export const identity = (at: AttemptId): Record<string, string> => ({
  [OURS_TAG]: 'true',
  [RUN_TAG]: at.flowRunId,
  [ATTEMPT_TAG]: String(at.attempt),
});

export const tagList = (tags: Readonly<Record<string, string>>) =>
  Object.entries(tags).map(([tagName, tagValue]) => ({ tagName, tagValue }));

/** What one `list` covers: an app of an environment, seen with one token. */
export const placeOf = (job: ModalJob, app: string): string =>
  `${job.environment}/${app}/${sha256(job.credentials.tokenId).slice(0, 12)}`;

const allowed = (text: string): string => text.replaceAll(/[^A-Za-z0-9._-]/g, '-');

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

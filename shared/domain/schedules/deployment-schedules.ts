import type { DeploymentSchedule } from '../deployment.ts';
import { ClientError } from '../errors.ts';
import type { JsonObject } from '../json/json.ts';
import { withStart } from './recurrence.ts';
import type { Schedule } from './schedule.ts';

/** A schedule as clients send it: an interval may leave its anchor to the server, a recurrence its start. */
export type ScheduleGiven =
  | Exclude<Schedule, { interval: number }>
  | { interval: number; anchor_date?: string | undefined; timezone: string | null };

/** A deployment's schedule as clients send it. `replaces` is the slug of the one whose place it takes. */
export interface DeploymentScheduleGiven {
  readonly schedule?: ScheduleGiven | null | undefined;
  readonly active?: boolean | null | undefined;
  readonly max_scheduled_runs?: number | null | undefined;
  readonly parameters?: JsonObject | undefined;
  readonly slug?: string | null | undefined;
  readonly replaces?: string | null | undefined;
}

/** What a new schedule needs besides its fields. */
export interface ScheduleOrigin {
  readonly deploymentId: string;
  readonly now: Date;
  /** The same instant as entities carry it. */
  readonly timestamp: string;
  readonly newId: () => string;
}

/** The schedule with everything that was left to the server. */
export function completeSchedule(given: ScheduleGiven, origin: Pick<ScheduleOrigin, 'now' | 'timestamp'>): Schedule {
  if ('cron' in given) return given;
  if ('rrule' in given) return { ...given, rrule: withStart(given.rrule, given.timezone, origin.now) };
  const { interval, anchor_date, timezone } = given;
  return { interval, anchor_date: anchor_date ?? origin.timestamp, timezone: timezone ?? 'UTC' };
}

/** New schedules with new ids; those without a schedule are left out. Throws 409 when two have the same slug. */
export function newSchedules(given: readonly DeploymentScheduleGiven[], origin: ScheduleOrigin): DeploymentSchedule[] {
  const made = given.flatMap((one): DeploymentSchedule[] =>
    one.schedule
      ? [
          {
            id: origin.newId(),
            created: origin.timestamp,
            updated: origin.timestamp,
            deployment_id: origin.deploymentId,
            schedule: completeSchedule(one.schedule, origin),
            active: one.active ?? true,
            max_scheduled_runs: one.max_scheduled_runs ?? null,
            parameters: one.parameters ?? {},
            slug: one.slug ?? null,
          },
        ]
      : [],
  );
  assertSlugsDiffer(made);
  return made;
}

export function assertSlugsDiffer(schedules: readonly DeploymentSchedule[]): void {
  const slugs = schedules.flatMap(({ slug }) => (slug === null ? [] : [slug]));
  if (new Set(slugs).size < slugs.length) {
    throw new ClientError('conflict', 'Schedule slugs must be unique within a deployment.');
  }
}

/** A schedule with the fields that are given and not null; the others stay. */
export function changedSchedule(
  stored: DeploymentSchedule,
  given: DeploymentScheduleGiven,
  origin: Pick<ScheduleOrigin, 'now' | 'timestamp'>,
): DeploymentSchedule {
  return {
    ...stored,
    updated: origin.timestamp,
    schedule: given.schedule ? completeSchedule(given.schedule, origin) : stored.schedule,
    active: given.active ?? stored.active,
    max_scheduled_runs: given.max_scheduled_runs ?? stored.max_scheduled_runs,
    parameters: given.parameters ?? stored.parameters,
    slug: given.slug ?? stored.slug,
  };
}

/**
 * The schedules after a PATCH of their deployment (prefect-api 5.2). When all stored and all given ones have slugs, each
 * given one changes its namesake (or the one it `replaces`) or is new, and the rest stays; otherwise the given ones take the
 * place of all. Throws 422 where that would lose or confuse schedules.
 */
export function patchedSchedules(
  stored: readonly DeploymentSchedule[],
  given: readonly DeploymentScheduleGiven[],
  origin: ScheduleOrigin,
): DeploymentSchedule[] {
  const allStored = stored.length > 0 && stored.every(({ slug }) => slug !== null);
  const allGiven = given.every(({ slug }) => slug != null);
  if (!allStored) return newSchedules(given, origin);
  if (!allGiven) {
    throw invalid('Please provide a slug for each schedule in your request to ensure schedules are updated correctly.');
  }
  assertRenamesAreClear(stored, given);
  const target = (one: DeploymentScheduleGiven) => one.replaces ?? one.slug ?? null;
  const isStored = (one: DeploymentScheduleGiven) => stored.some(({ slug }) => slug === target(one));
  const added = given.filter((one) => !isStored(one));
  if (added.some(({ schedule }) => !schedule)) {
    throw invalid('Unable to create new deployment schedules without a schedule configuration.');
  }
  const kept = stored.map((schedule) =>
    given
      .filter((one) => target(one) === schedule.slug)
      .reduce((changed, one) => changedSchedule(changed, one, origin), schedule),
  );
  const schedules = [...kept, ...newSchedules(added, origin)];
  assertSlugsDiffer(schedules);
  return schedules;
}

function assertRenamesAreClear(stored: readonly DeploymentSchedule[], given: readonly DeploymentScheduleGiven[]): void {
  const replaced = new Set<string>();
  for (const { replaces } of given) {
    if (!replaces) continue;
    if (replaced.has(replaces)) {
      throw invalid(`Multiple schedules have 'replaces' targeting the same slug: ${replaces}`);
    }
    replaced.add(replaces);
  }
  for (const { slug, replaces } of given) {
    if (slug && replaces && !replaced.has(slug) && stored.some((schedule) => schedule.slug === slug)) {
      throw invalid(
        `Cannot rename schedule from '${replaces}' to '${slug}': a schedule with slug '${slug}' already exists.`,
      );
    }
  }
}

/** As Prefect lists them: the one changed last comes first. */
export function latestFirst(schedules: readonly DeploymentSchedule[]): DeploymentSchedule[] {
  return schedules.toReversed().sort((a, b) => (a.updated < b.updated ? 1 : a.updated > b.updated ? -1 : 0));
}

const invalid = (message: string): ClientError => new ClientError('invalid', message);

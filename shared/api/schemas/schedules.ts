import * as z from 'zod/mini';
import { CronError, parseCron } from '../../domain/schedules/cron.ts';
import type { ScheduleGiven } from '../../domain/schedules/deployment-schedules.ts';
import { parseRecurrence, RecurrenceError } from '../../domain/schedules/recurrence.ts';
import { isTimeZone } from '../../domain/schedules/time-zone.ts';
import { datetimeWithOffset, flag, integer, jsonObject } from './values.ts';

const MAX_SCHEDULED_RUNS = 50;
const MAX_RRULE_LENGTH = 6500;

const timezone = z.string().check(
  z.refine(isTimeZone, {
    error: (issue) =>
      `Invalid timezone: "${String(issue.input)}" (specify in IANA tzdata format, for example, America/New_York)`,
  }),
);

const cron = z.string().check((payload) => {
  const problem = cronProblem(payload.value);
  if (problem) payload.issues.push({ code: 'custom', message: problem, input: payload.value });
});

function cronProblem(text: string): string | null {
  if (text.split(/\s+/).some((field) => /^[rh]$/i.test(field))) {
    return `Random and Hashed expressions are unsupported, received: "${text}"`;
  }
  try {
    parseCron(text);
    return null;
  } catch (error) {
    if (!(error instanceof CronError)) throw error;
    return `Invalid cron string: "${text}"`;
  }
}

const rrule = z.string().check((payload) => {
  const problem = rruleProblem(payload.value);
  if (problem) payload.issues.push({ code: 'custom', message: problem, input: payload.value });
});

function rruleProblem(text: string): string | null {
  if (text.length > MAX_RRULE_LENGTH) {
    return `Invalid RRule string "${text.slice(0, 40)}..."\nMax length is ${MAX_RRULE_LENGTH}, got ${text.length}`;
  }
  try {
    parseRecurrence(text);
    return null;
  } catch (error) {
    if (!(error instanceof RecurrenceError)) throw error;
    return `Invalid RRule string "${text}": ${error.message}`;
  }
}

const DURATION =
  /^P(?:(\d+(?:\.\d+)?)W)?(?:(\d+(?:\.\d+)?)D)?(?:T(?:(\d+(?:\.\d+)?)H)?(?:(\d+(?:\.\d+)?)M)?(?:(\d+(?:\.\d+)?)S)?)?$/;

/** Seconds, given as a number or as an ISO 8601 duration. */
const interval = z.pipe(
  z.union([z.number(), z.pipe(z.string().check(z.regex(DURATION)), z.transform(durationSeconds))]),
  z.number().check(z.refine((seconds: number) => seconds > 0, { error: 'interval must be positive' })),
);

function durationSeconds(text: string): number {
  const [weeks = 0, days = 0, hours = 0, minutes = 0, seconds = 0] = (DURATION.exec(text) ?? [])
    .slice(1)
    .map((part) => Number(part ?? 0));
  return (((weeks * 7 + days) * 24 + hours) * 60 + minutes) * 60 + seconds;
}

const cronSchedule = z.strictObject({
  cron,
  timezone: z._default(z.nullable(timezone), null),
  day_or: z._default(flag, true),
});
const rruleSchedule = z.strictObject({ rrule, timezone: z._default(z.nullable(timezone), 'UTC') });
const intervalSchedule = z.strictObject({
  interval,
  anchor_date: z.optional(datetimeWithOffset),
  timezone: z._default(z.nullable(timezone), null),
});

/** One of the three kinds by its keys, so that errors speak of the kind that was meant. */
export const schedule = z.pipe(
  z.record(z.string(), z.unknown()),
  z.transform((value, payload): ScheduleGiven => {
    const kind = 'cron' in value ? cronSchedule : 'rrule' in value ? rruleSchedule : intervalSchedule;
    const result = kind.safeParse(value);
    if (result.success) return result.data;
    payload.issues.push(...(result.error.issues as unknown as z.core.$ZodRawIssue[]));
    return z.NEVER;
  }),
);

const maxScheduledRuns = z.nullish(
  integer.check(
    z.gt(0),
    z.refine((count: number) => count <= MAX_SCHEDULED_RUNS, {
      error: `\`max_scheduled_runs\` must be less than or equal to ${MAX_SCHEDULED_RUNS}.`,
    }),
  ),
);
const slug = z.nullish(z.string());

export const deploymentScheduleCreate = z.object({
  active: z._default(flag, true),
  schedule,
  max_scheduled_runs: maxScheduledRuns,
  parameters: z._default(jsonObject, {}),
  slug,
  /** The slug of the schedule that this one takes the place of; not stored. */
  replaces: slug,
});
export type DeploymentScheduleCreate = z.infer<typeof deploymentScheduleCreate>;

export const deploymentScheduleUpdate = z.object({
  active: z.nullish(flag),
  schedule: z.nullish(schedule),
  max_scheduled_runs: maxScheduledRuns,
  parameters: z.optional(jsonObject),
  slug,
  replaces: slug,
});
export type DeploymentScheduleUpdate = z.infer<typeof deploymentScheduleUpdate>;

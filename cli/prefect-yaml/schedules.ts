import type { ScheduleCreate } from '../../shared/api/client/deployments.ts';
import { isJsonObject, type Json, type JsonObject } from '../../shared/domain/json/json.ts';
import { Failure } from '../errors.ts';

/** Schedules of the file, templated already, as the API takes them. Throws `Failure` for one that names no kind. */
export function schedulesToSend(schedules: readonly JsonObject[]): ScheduleCreate[] {
  return schedules.filter((config) => Object.keys(config).length > 0).map(scheduleToSend);
}

function scheduleToSend(config: JsonObject): ScheduleCreate {
  const { schedule: nested, ...flat } = config;
  const kind = { ...flat, ...(isJsonObject(nested) && nested) };
  const { active, parameters, slug, replaces, max_scheduled_runs: most } = config;
  return {
    schedule: kindOf(kind),
    ...(active != null && { active: truth(active) }),
    ...(isJsonObject(parameters) && { parameters }),
    ...(typeof slug === 'string' && { slug }),
    ...(typeof replaces === 'string' && { replaces }),
    ...(most != null && { max_scheduled_runs: Number(most) }),
  };
}

function kindOf(config: JsonObject): ScheduleCreate['schedule'] {
  const { cron, interval, rrule, timezone, anchor_date: anchor, day_or: dayOr } = config;
  const zone = timezone == null ? {} : { timezone };
  if (cron != null) return { cron, ...zone, ...(dayOr != null && { day_or: truth(dayOr) }) };
  if (rrule != null) return { ...ruleOf(String(rrule)), ...zone };
  if (interval != null) {
    return { interval: secondsOf(interval), ...zone, ...(anchor != null && { anchor_date: anchor }) };
  }
  throw new Failure(`A schedule gives none of cron, interval and rrule: ${JSON.stringify({ ...zone })}.`);
}

/** Prefect takes the rule, or a JSON text with it. */
function ruleOf(text: string): JsonObject {
  if (!text.trimStart().startsWith('{')) return { rrule: text };
  const value = JSON.parse(text) as Json;
  return isJsonObject(value) ? value : { rrule: text };
}

/** Seconds, `HH:MM:SS`, or an ISO 8601 duration, which the API reads itself. */
function secondsOf(value: Json): Json {
  if (typeof value !== 'string') return value;
  const clock = /^(?:(\d+) days?,? )?(\d{1,2}):(\d\d)(?::(\d\d(?:\.\d+)?))?$/.exec(value);
  if (clock) {
    const [, days = 0, hours = 0, minutes = 0, seconds = 0] = clock;
    return ((Number(days) * 24 + Number(hours)) * 60 + Number(minutes)) * 60 + Number(seconds);
  }
  return value.trim() !== '' && Number.isFinite(Number(value)) ? Number(value) : value;
}

/** A flag that a placeholder gave comes as text. */
export function truth(value: Json): boolean {
  if (typeof value !== 'string') return Boolean(value);
  return /^(true|t|yes|y|on|1)$/i.test(value.trim());
}

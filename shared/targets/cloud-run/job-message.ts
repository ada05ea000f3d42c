import { isJsonObject, type Json, type JsonObject } from '../../domain/json/json.ts';
import { TargetError } from '../target-error.ts';
import type { Job } from './client.ts';
import { googleRun } from './libraries.ts';

/**
 * Google's own JSON of a job as its client takes it, through the client's own types. The client drops without a word what it does
 * not know; here that is refused with its path. Throws `TargetError('invalid')`.
 */
export function jobMessage(body: JsonObject): Job {
  const { Job: Type } = googleRun().protos.google.cloud.run.v2;
  let message: ReturnType<typeof Type.fromObject>;
  try {
    message = Type.fromObject(withDuration(body));
  } catch (error) {
    throw refused((error as Error).message.replace(/^\.google\.cloud\.run\.v2\.\w+/, 'job_body'));
  }
  const kept = Type.toObject(message, { enums: String, longs: String }) as JsonObject;
  const lost = firstLost(withDuration(body), kept, 'job_body');
  if (lost) throw refused(`${lost}: is no field of a job in the v2 API, or has a value that it does not take.`);
  return message;
}

const refused = (what: string): TargetError =>
  new TargetError('invalid', `The job does not suit Google Cloud Run. ${what} Correct the work pool's template.`);

/** The one duration of a job: `600s` in JSON, seconds and nanoseconds in the client. */
function withDuration(body: JsonObject): JsonObject {
  const copy = structuredClone(body);
  const task = object(object(copy['template'])['template']);
  const timeout = task['timeout'];
  if (typeof timeout !== 'string') return copy;
  const seconds = Number(timeout.replace(/s$/, ''));
  task['timeout'] = { seconds: Math.trunc(seconds), nanos: Math.round((seconds % 1) * 1e9) };
  return copy;
}

/** The path of the first thing in `wanted` that `kept` has not. */
function firstLost(wanted: Json, kept: Json | undefined, path: string): string | null {
  if (Array.isArray(wanted)) {
    const list = Array.isArray(kept) ? kept : [];
    return wanted.map((item, at) => firstLost(item, list[at], `${path}[${at}]`)).find((lost) => lost) ?? null;
  }
  if (isJsonObject(wanted)) {
    if (!isJsonObject(kept)) return Object.keys(wanted).length === 0 ? null : path;
    const lost = Object.entries(wanted).map(([name, item]) =>
      name in kept ? firstLost(item, kept[name], `${path}.${name}`) : isNothing(item) ? null : `${path}.${name}`,
    );
    return lost.find((one) => one) ?? null;
  }
  return kept === undefined ? path : null;
}

const isNothing = (value: Json): boolean =>
  value === null ||
  (Array.isArray(value) && value.length === 0) ||
  (isJsonObject(value) && Object.keys(value).length === 0);
const object = (value: Json | undefined): JsonObject => (isJsonObject(value) ? value : {});

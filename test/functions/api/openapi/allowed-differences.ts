/** A difference from Prefect's document that is meant: which lines, and why. Each must still be needed. */
export interface AllowedDifference {
  readonly lines: RegExp;
  readonly reason: string;
}

export const ALLOWED: readonly AllowedDifference[] = [
  {
    lines: /(work_pools|work_pool_queues|work_queues)\b.*: ours alone$/,
    reason: 'one envelope of filters for all lists: those that Prefect ignores on a route narrow its list here as well',
  },
  {
    lines: /(POST \/artifacts\/|templates\/validate) answers/,
    reason: "Prefect's server answers 201 and 204; its document says 200",
  },
  {
    lines: /(within|schedule_after): number or string, Prefect string\(duration\)$/,
    reason: 'pydantic takes seconds as a number as well, and clients send them so',
  },
  {
    lines: /(history_interval_seconds: number|min_time: number or string), Prefect number\(time-delta\)$/,
    reason: 'seconds, as ISO 8601 too; the format is FastAPI’s own',
  },
  {
    lines:
      /(actions|actions_on_trigger|actions_on_resolve)\[\]\.type: required$|trigger(\.triggers\[\])?\.type: required$/,
    reason: 'a trigger or action says what it is; Prefect tries one after the other when it does not',
  },
  {
    lines: /trigger(\.triggers\[\])?\.(id: missing|require: not required)$/,
    reason: 'ids of triggers are made by the server; a compound trigger that says nothing asks for all of its parts',
  },
  {
    lines: /schedule\.(anchor_date|interval|timezone|cron|day_or|rrule): missing$/,
    reason: 'a schedule is checked by its own reader (shared/domain/schedules), which says more than a JSON Schema can',
  },
  {
    lines: /version_info(\.type|\.version)?: missing$/,
    reason: 'only Prefect Cloud keeps versions of deployments; what a client sends of it is ignored',
  },
  { lines: /create_if_missing: missing$/, reason: 'deprecated, without effect in Prefect as well' },
  {
    lines: /storage_configuration\.bundle_(execution|upload)_step: any, Prefect object$/,
    reason: 'kept and given back as it came: only the CLI reads it',
  },
  {
    lines: /templates\/validate the body is required$|leases\/\{lease_id\}\/renew the body is required$/,
    reason: 'a body that is one value or has one field is sent by every client',
  },
  {
    lines: /get_runs parameters/,
    reason: 'asking for runs makes no state here that the header of the web page would have to prevent',
  },
  {
    lines: /GET \/admin\/settings answer .*: missing$/,
    reason:
      "Prefect shows the settings of its server and client; pushpool has others, and shows what Prefect's web page reads",
  },
];

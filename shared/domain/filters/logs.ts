import type { Log } from '../log.ts';
import { anyOf, asked, combine, inTime, isNull } from './criteria.ts';
import { matchesText, parseTextQuery } from './text-search.ts';

type Maybe<T> = T | null | undefined;

/** Prefect's `LogFilter` (prefect-api 6.2). */
export interface LogCriteria {
  readonly operator?: Maybe<'and_' | 'or_'>;
  readonly level?: Maybe<{ readonly ge_?: Maybe<number>; readonly le_?: Maybe<number> }>;
  readonly timestamp?: Maybe<{ readonly before_?: Maybe<string>; readonly after_?: Maybe<string> }>;
  readonly flow_run_id?: Maybe<{ readonly any_?: Maybe<readonly string[]> }>;
  readonly task_run_id?: Maybe<{ readonly any_?: Maybe<readonly string[]>; readonly is_null_?: Maybe<boolean> }>;
  readonly text?: Maybe<{ readonly query: string }>;
}

export function matchesLog(filter: Maybe<LogCriteria>, log: Log): boolean {
  if (!filter) return true;
  const { level, flow_run_id, task_run_id, text } = filter;
  return combine(filter.operator, [
    level &&
      combine('and_', [
        level.ge_ == null ? null : log.level >= level.ge_,
        level.le_ == null ? null : log.level <= level.le_,
      ]),
    inTime(filter.timestamp, log.timestamp),
    asked(flow_run_id, ({ any_ }) => [anyOf(any_, log.flow_run_id)]),
    task_run_id &&
      combine('and_', [anyOf(task_run_id.any_, log.task_run_id), isNull(task_run_id.is_null_, log.task_run_id)]),
    text && matchesText(parseTextQuery(text.query), `${log.message} ${log.name}`),
  ]);
}

import { describe, expect, it } from 'vitest';
import { awsCron } from '../../../infra/aws/runtime/aws-cron.ts';
import { guardRhythm } from '../../../shared/domain/schedules/guard.ts';

describe('the cron of EventBridge Scheduler', () => {
  it.each([
    ['30 8 * * *', 'cron(28 8 * * ? *)'],
    ['0 8 * * *', 'cron(58 7 * * ? *)'],
    ['*/30 * * * *', 'cron(28,58 * * * ? *)'],
    ['30 8 1,15 * *', 'cron(28 8 1,15 * ? *)'],
    ['30 8 * * sun,fri', 'cron(28 8 ? * 1,6 *)'],
  ])('for the guard of %s is %s: a question mark for the other kind of day, Sunday first', (cron, expression) => {
    expect(awsCron(guardRhythm({ cron, timezone: 'UTC', day_or: true })!)).toBe(expression);
  });

  it('is never longer than the 256 characters it may have', () => {
    const upTo = (last: number) => Array.from({ length: last }, (_, index) => index + 1).join(',');
    const rhythm = guardRhythm({ cron: `${upTo(59)} * * * *`, timezone: 'UTC', day_or: true })!;
    const longest = { ...rhythm, cron: `${upTo(59)} ${upTo(23)} * * *` };

    expect(awsCron(longest).length).toBeLessThanOrEqual(256);
  });
});

import { describe, expect, it } from 'vitest';
import { CLOUDS } from '../../fakes/clouds.ts';
import { cloudCallsOfRun } from '../../simulation/cloud-calls.ts';

/**
 * A change that asks a cloud more often raises the number in the same commit and says why. Azure's client follows each operation
 * once; on Modal an image's digest and the app are known for five minutes, and a list ends with an empty page.
 */
const MOST: Readonly<Record<string, { readonly run: number; readonly look: number }>> = {
  'ecs:push': { run: 2, look: 1 },
  'azure-container-instance:push': { run: 8, look: 1 },
  'cloud-run-v2:push': { run: 4, look: 1 },
  'modal:push': { run: 8, look: 2 },
};
const LONGER_MINUTES = 10;
/** The pool's sweep, four times an hour. */
const SWEEP = 4;

describe.each(CLOUDS)('a run that goes well on $name', (cloud) => {
  it('asks the cloud a handful of times, and with one look a minute when it is longer', async () => {
    const { run, look } = MOST[cloud.poolType]!;
    const short = await cloudCallsOfRun(cloud);
    const long = await cloudCallsOfRun(cloud, 30 + LONGER_MINUTES * 60);

    expect(short.length, short.join()).toBeLessThanOrEqual(run);
    expect(long.length - short.length, long.join()).toBeLessThanOrEqual(LONGER_MINUTES * look + SWEEP);
  });
});

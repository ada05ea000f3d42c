import type { TestSpecification } from 'vitest/node';
import { BaseSequencer } from 'vitest/node';

/** What waits for the clock of this machine rather than for its processors. */
const WAITING = /\/test\/infra\/local\//;

/** Files that mostly wait begin first, so that others fill the time and none is waited for at the end. */
export class WaitingFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    return [...sorted.filter(waits), ...sorted.filter((file) => !waits(file))];
  }
}

const waits = ({ moduleId }: TestSpecification): boolean => WAITING.test(moduleId);

import { describe, expect, it } from 'vitest';
import type { Json, JsonObject } from '../../../shared/domain/json/json.ts';
import { jobOfPool, templateOf } from './job-of-pool.ts';

export interface EveryVariable {
  readonly poolType: string;
  /** What a job needs in any case. */
  readonly needed: JsonObject;
  /** Another value for each variable of the base job template. */
  readonly samples: Readonly<Record<string, Json>>;
  /** Variables that make sense only with others: which, set before and after. */
  readonly together?: Readonly<Record<string, JsonObject>>;
  /** Variables that change something else than the requests of a submission: what. */
  readonly elsewhere: Readonly<Record<string, string>>;
  /** Submits to a fresh fake and answers everything that left for it. */
  readonly submit: (job: JsonObject) => Promise<unknown>;
}

/** A variable that a user sets and that changes nothing is a promise broken; a new variable of a template needs a sample here. */
export function everyVariableSuite({
  poolType,
  needed,
  samples,
  together = {},
  elsewhere,
  submit,
}: EveryVariable): void {
  const { properties } = templateOf(poolType)['variables'] as { properties: JsonObject };

  describe(`the variables of ${poolType}`, () => {
    it.each(Object.keys(properties).filter((name) => !(name in elsewhere)))(
      '%s changes what leaves for the cloud',
      async (name) => {
        expect(samples).toHaveProperty([name]);

        const others = { ...needed, ...together[name] };
        const before = await submit(jobOfPool(poolType, others));
        const after = await submit(jobOfPool(poolType, { ...others, [name]: samples[name]! }));

        expect(JSON.stringify(after)).not.toEqual(JSON.stringify(before));
      },
    );
  });
}

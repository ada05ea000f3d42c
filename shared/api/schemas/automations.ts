import * as z from 'zod/mini';
import type { AutomationAction, Trigger } from '../../domain/automation.ts';
import { STATE_TYPES } from '../../domain/states.ts';
import { datetime, integer, jsonObject, paging, tags, uuid } from './values.ts';

/** Composite triggers hold triggers; deeper than this nobody means it. */
const MAX_PROACTIVE_MINIMUM_SECONDS = 10;
const ISO_DURATION = /^P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?$/;

/** A span of time: seconds, or ISO 8601; comes out in seconds. */
const seconds = z.pipe(
  z.union([z.number(), z.string().check(z.regex(ISO_DURATION))]),
  z.transform((value: number | string) => (typeof value === 'number' ? value : isoSeconds(value))),
);

const specification = z.record(z.string(), z.union([z.string(), z.array(z.string())]));
const eventNames = z._default(z.array(z.string()), []);

const eventTrigger = z
  .pipe(
    z.object({
      type: z.literal('event'),
      match: z._default(specification, {}),
      match_related: z._default(z.union([specification, z.array(specification)]), {}),
      after: eventNames,
      expect: eventNames,
      for_each: eventNames,
      posture: z.enum(['Reactive', 'Proactive']),
      threshold: z._default(integer, 1),
      within: z._default(seconds.check(z.gte(0) as never), 0),
    }),
    z.transform((trigger) => ({
      ...trigger,
      within: trigger.posture === 'Proactive' ? trigger.within || MAX_PROACTIVE_MINIMUM_SECONDS : trigger.within,
    })),
  )
  .check(
    z.refine(
      (trigger: { posture: string; within: number }) =>
        trigger.posture === 'Reactive' || trigger.within >= MAX_PROACTIVE_MINIMUM_SECONDS,
      { error: '`within` for Proactive triggers must be greater than or equal to 10 seconds' },
    ),
  );

import * as z from 'zod/mini';
import { stateType } from './states.ts';
import { count, entity, flag, id, maybeId, maybeObject, maybeText, number, text, tags as texts } from './values.ts';

const plain = <Type extends string>(type: Type) => z.strictObject({ type: z.literal(type) });
const on = <Type extends string>(type: Type, ids: z.core.$ZodLooseShape) =>
  z.strictObject({ type: z.literal(type), source: z.enum(['selected', 'inferred']), ...ids });
const deployment = { deployment_id: maybeId };
const pool = { work_pool_id: maybeId };
const queue = { work_queue_id: maybeId };
const other = { automation_id: maybeId };

const action = z.union([
  plain('do-nothing'),
  on('run-deployment', { ...deployment, parameters: maybeObject, job_variables: maybeObject, schedule_after: number }),
  on('pause-deployment', deployment),
  on('resume-deployment', deployment),
  plain('cancel-flow-run'),
  plain('delete-flow-run'),
  plain('suspend-flow-run'),
  plain('resume-flow-run'),
  z.strictObject({
    type: z.literal('change-flow-run-state'),
    name: maybeText,
    state: stateType,
    message: maybeText,
    force: flag,
  }),
  on('pause-work-queue', queue),
  on('resume-work-queue', queue),
  z.strictObject({ type: z.literal('send-notification'), block_document_id: id, subject: text, body: text }),
  z.strictObject({ type: z.literal('call-webhook'), block_document_id: id, payload: text }),
  on('pause-automation', other),
  on('resume-automation', other),
  on('pause-work-pool', pool),
  on('resume-work-pool', pool),
]);

const specification = z.record(z.string(), z.union([z.string(), z.array(z.string())]));
const eventTrigger = z.strictObject({
  type: z.literal('event'),
  id,
  match: specification,
  match_related: z.union([specification, z.array(specification)]),
  after: texts,
  expect: texts,
  for_each: texts,
  posture: z.enum(['Reactive', 'Proactive']),
  threshold: count,
  within: number,
});
const parts: z.ZodMiniType = z.lazy(() => z.array(trigger));
const composite = { id, triggers: parts, within: z.nullable(number) };
const trigger = z.union([
  eventTrigger,
  z.strictObject({ type: z.literal('compound'), ...composite, require: z.union([count, z.enum(['any', 'all'])]) }),
  z.strictObject({ type: z.literal('sequence'), ...composite }),
]);

export const automation = z.strictObject({
  ...entity,
  name: text,
  description: text,
  enabled: flag,
  tags: texts,
  trigger,
  actions: z.array(action),
  actions_on_trigger: z.array(action),
  actions_on_resolve: z.array(action),
});

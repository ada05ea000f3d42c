import * as z from 'zod/mini';
import type { AutomationAction } from '../../domain/automation.ts';
import { STATE_TYPES } from '../../domain/states.ts';
import { jsonObject, seconds, uuid } from './values.ts';

/** Prefect's actions, each with its defaults filled in. */

const plain = <Type extends string>(type: Type) => z.object({ type: z.literal(type) });

/** An action on something that is named (`selected`, with its id) or found in the event (`inferred`, without). */
const on = <Type extends string>(
  type: Type,
  idField: 'deployment_id' | 'work_pool_id' | 'work_queue_id' | 'automation_id',
  more: z.core.$ZodLooseShape = {},
) =>
  z
    .object({
      type: z.literal(type),
      source: z._default(z.enum(['selected', 'inferred']), 'selected'),
      [idField]: z._default(z.nullable(uuid), null),
      ...more,
    })
    .check(
      z.refine((action) => action.source === 'inferred' || action[idField] !== null, {
        error: `${idField} is required`,
      }),
      z.refine((action) => action.source === 'selected' || action[idField] === null, {
        error: `${idField} is not allowed`,
      }),
    );

const nullableText = z._default(z.nullable(z.string()), null);

export const automationAction = z.discriminatedUnion('type', [
  plain('do-nothing'),
  on('run-deployment', 'deployment_id', {
    parameters: z._default(z.nullable(jsonObject), null),
    job_variables: z._default(z.nullable(jsonObject), null),
    schedule_after: z._default(seconds, 0),
  }),
  on('pause-deployment', 'deployment_id'),
  on('resume-deployment', 'deployment_id'),
  plain('cancel-flow-run'),
  plain('delete-flow-run'),
  plain('suspend-flow-run'),
  plain('resume-flow-run'),
  z.object({
    type: z.literal('change-flow-run-state'),
    name: nullableText,
    state: z.enum(STATE_TYPES),
    message: nullableText,
    force: z._default(z.boolean(), false),
  }),
  on('pause-work-queue', 'work_queue_id'),
  on('resume-work-queue', 'work_queue_id'),
  z.object({
    type: z.literal('send-notification'),
    block_document_id: uuid,
    subject: z._default(z.string(), 'Prefect automated notification'),
    body: z.string(),
  }),
  z.object({ type: z.literal('call-webhook'), block_document_id: uuid, payload: z._default(z.string(), '') }),
  on('pause-automation', 'automation_id'),
  on('resume-automation', 'automation_id'),
  on('pause-work-pool', 'work_pool_id'),
  on('resume-work-pool', 'work_pool_id'),
]) as unknown as z.ZodMiniType<AutomationAction>;

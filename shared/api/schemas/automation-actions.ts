import * as z from 'zod/mini';
import type { AutomationAction } from '../../domain/automation.ts';
import { isJsonObject, type Json, type JsonObject } from '../../domain/json/json.ts';
import { HydrationError, hydrateParameters, VariableNotFound } from '../../domain/parameters/hydration.ts';
import { asRecipes } from '../../domain/parameters/template-recipes.ts';
import { validateTemplate } from '../../domain/parameters/template-validation.ts';
import { STATE_TYPES } from '../../domain/states.ts';
import { flag, jsonObject, seconds, uuid } from './values.ts';

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

/** A template in Jinja's language; what is wrong with it is said when it is stored, not when it is to be rendered. */
const template = (field: string) =>
  z.string().check((context: { value: string; issues: unknown[] }) => {
    const problem = validateTemplate(context.value);
    if (!problem) return;
    const message = `'${field}' is not a valid template: ${problem.message}`;
    context.issues.push({ code: 'custom', message, input: context.value });
  });

/** What no firing could make a value of is refused. Whether a variable is there is asked when it is needed. */
const parameters = jsonObject.check((context: { value: JsonObject; issues: unknown[] }) => {
  const problems = problemsIn(asRecipes(context.value), '');
  if (problems.length === 0) return;
  const message = `Invalid parameters: \n${problems.join('\n  ')}`;
  context.issues.push({ code: 'custom', message, input: context.value });
});

function problemsIn(value: Json, place: string): string[] {
  if (isJsonObject(value) && !('__prefect_kind' in value)) {
    return Object.entries(value).flatMap(([key, item]) => problemsIn(item, place ? `${place}.${key}` : key));
  }
  try {
    hydrateParameters({ value }, { variables: new Map(), renderTemplate: readable });
    return [];
  } catch (error) {
    if (!(error instanceof HydrationError) || error instanceof VariableNotFound) return [];
    return [`${place && `${place}: `}${error.message}`];
  }
}

/** Stands for what a template will say, which may be the JSON that another recipe reads. */
const ANY_JSON = 'null';

function readable(text: string): string {
  const problem = validateTemplate(text);
  if (problem) throw new Error(problem.message);
  return ANY_JSON;
}

/** The body of a webhook: a template, or any other value that stands for its JSON. */
const payload = z.pipe(
  z.transform((given: unknown) =>
    given === null || typeof given === 'string' ? given : JSON.stringify(given, null, 2),
  ),
  template('payload'),
);

const nullableText = z._default(z.nullable(z.string()), null);

export const automationAction = z.discriminatedUnion('type', [
  plain('do-nothing'),
  on('run-deployment', 'deployment_id', {
    parameters: z._default(z.nullable(parameters), null),
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
    force: z._default(flag, false),
  }),
  on('pause-work-queue', 'work_queue_id'),
  on('resume-work-queue', 'work_queue_id'),
  z.object({
    type: z.literal('send-notification'),
    block_document_id: uuid,
    subject: z._default(template('subject'), 'Prefect automated notification'),
    body: template('body'),
  }),
  z.object({ type: z.literal('call-webhook'), block_document_id: uuid, payload: z._default(payload, '') }),
  on('pause-automation', 'automation_id'),
  on('resume-automation', 'automation_id'),
  on('pause-work-pool', 'work_pool_id'),
  on('resume-work-pool', 'work_pool_id'),
]) as unknown as z.ZodMiniType<AutomationAction>;

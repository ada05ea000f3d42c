import type { Automation } from '../automation.ts';
import type { BlockDocument, BlockType } from '../blocks/block.ts';
import type { ConcurrencyLimit } from '../concurrency/limit.ts';
import type { Flow } from '../flow.ts';
import type { JsonObject } from '../json/json.ts';
import type { Variable } from '../variable.ts';
import type { Event, Resource } from './event.ts';

/** What happened to a thing of which the server tells (Prefect's `events/schemas/lifecycle.py`). */
export type Change = 'created' | 'updated' | 'deleted';

/** Identity and time of an event that is about to be made. */
export type Stamp = Pick<Event, 'id' | 'occurred'>;

interface Subject {
  readonly kind: string;
  readonly id: string;
  readonly name: string;
}

/** `prefect.<kind>.<change>`: the payload is what a reader sees of the thing without asking for it. */
export function lifecycleEvent(
  stamp: Stamp,
  change: Change,
  { kind, id, name }: Subject,
  payload: JsonObject,
  related: readonly Resource[] = [],
): Event {
  return {
    ...stamp,
    event: `prefect.${kind}.${change}`,
    resource: { 'prefect.resource.id': `prefect.${kind}.${id}`, 'prefect.resource.name': name },
    related,
    payload,
    follows: null,
  };
}

export function variableEvent(stamp: Stamp, change: Change, { id, name, value, tags }: Variable): Event {
  return lifecycleEvent(stamp, change, { kind: 'variable', id, name }, { name, value, tags });
}

export function flowEvent(stamp: Stamp, change: Change, { id, name, tags, labels }: Flow): Event {
  return lifecycleEvent(stamp, change, { kind: 'flow', id, name }, { name, tags, labels });
}

export function blockTypeEvent(stamp: Stamp, change: Change, type: BlockType): Event {
  const { id, name, slug, logo_url, documentation_url, description, code_example, is_protected } = type;
  const payload = { name, slug, logo_url, documentation_url, description, code_example, is_protected };
  return lifecycleEvent(stamp, change, { kind: 'block-type', id, name }, payload);
}

/** Secrets and whatever is no text stay out of the event. */
export function blockDocumentEvent(stamp: Stamp, change: Change, document: BlockDocument): Event {
  const { id, name, block_schema: schema, block_schema_id, block_type_id } = document;
  const secrets = new Set(schema?.fields['secret_fields'] as string[] | undefined);
  const shown = Object.entries(document.data).filter(([key, value]) => !secrets.has(key) && typeof value === 'string');
  const typeName = document.block_type_name ?? document.block_type?.name ?? null;
  const type = { id: block_type_id, name: typeName ?? '' };
  return lifecycleEvent(
    stamp,
    change,
    { kind: 'block-document', id, name },
    {
      name,
      data: Object.fromEntries(shown) as JsonObject,
      block_schema: schema && { capabilities: [...schema.capabilities], block_type: type },
    },
    [
      {
        'prefect.resource.id': `prefect.block-type.${block_type_id}`,
        'prefect.resource.role': 'block-type',
        ...(typeName && { 'prefect.resource.name': typeName }),
      },
      { 'prefect.resource.id': `prefect.block-schema.${block_schema_id}`, 'prefect.resource.role': 'block-schema' },
    ],
  );
}

/** Limits of tags are limits like others, by the name under which they are kept. */
export function limitEvent(stamp: Stamp, change: Change, limit: ConcurrencyLimit): Event {
  const { id, name, active, slot_decay_per_second } = limit;
  const payload = { name, limit: limit.limit, active, slot_decay_per_second };
  return lifecycleEvent(stamp, change, { kind: 'concurrency-limit', id, name }, payload);
}

export function automationEvent(stamp: Stamp, change: Change, automation: Automation): Event {
  const { id, name } = automation;
  return lifecycleEvent(stamp, change, { kind: 'automation', id, name }, { ...automation } as unknown as JsonObject);
}

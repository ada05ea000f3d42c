import type { LimitsFilterBody, TagLimitCreate, TagSlots } from '../../api/schemas/concurrency-limits.ts';
import { holderId, holderUuid } from '../../domain/concurrency/holder-ids.ts';
import { type ConcurrencyLimit, tagLimitName, tagOfLimit } from '../../domain/concurrency/limit.ts';
import { ClientError, notFound } from '../../domain/errors.ts';
import { limitEvent } from '../../domain/events/lifecycle-events.ts';
import type { App } from '../app.ts';
import { announce } from '../events/announce.ts';
import { takePage } from '../lists/filtering.ts';
import { leasesOf } from './concurrency-leases.ts';
import { deleteLimit, newLimit, updateLimit } from './concurrency-limits.ts';
import { giveBackTo, limitsByName, type MinimalLimit, takeAll } from './concurrency-slots.ts';
import { holderOf, ownerOf, slotLimitOf } from './slot-owners.ts';

/** A limit as Prefect's first API shows it: by the tag of the task runs that it limits (prefect-api 9.3). */
export interface TagLimit {
  id: string;
  created: string;
  updated: string;
  tag: string;
  concurrency_limit: number;
  /** Ids of task runs. */
  active_slots: string[];
}

/** How long Prefect lets a task wait before it asks again (`PREFECT_TASK_RUN_TAG_CONCURRENCY_SLOT_WAIT_SECONDS`). */
const TAG_WAIT_SECONDS = 10;

/** `POST /concurrency_limits/`: makes the limit of a tag, or changes it. May be repeated. */
export async function upsertTagLimit(app: App, body: TagLimitCreate): Promise<{ doc: TagLimit; created: boolean }> {
  const name = tagLimitName(body.tag);
  const made = await app.store.concurrencyLimits.create(newLimit(app, { name, limit: body.concurrency_limit }));
  if (made.created) await announce(app, (stamp) => limitEvent(stamp, 'created', made.doc));
  else await updateLimit(app, made.doc.id, { limit: body.concurrency_limit });
  return { doc: await readTagLimit(app, made.doc.id), created: made.created };
}

/** Throws 404 for limits that are none of a tag, too. */
export async function readTagLimit(app: App, id: string): Promise<TagLimit> {
  const limit = await app.store.concurrencyLimits.get(id);
  if (!limit || tagOfLimit(limit.name) === null) throw unknown();
  return tagLimit(app, limit);
}

export async function readLimitOfTag(app: App, tag: string): Promise<TagLimit> {
  return tagLimit(app, await findByTag(app, tag));
}

export async function filterTagLimits(app: App, body: LimitsFilterBody): Promise<TagLimit[]> {
  async function* ofTags() {
    for await (const limit of app.store.concurrencyLimits.list()) if (tagOfLimit(limit.name) !== null) yield limit;
  }
  return Promise.all((await takePage(ofTags(), body)).map((limit) => tagLimit(app, limit)));
}

export async function deleteTagLimit(app: App, id: string): Promise<void> {
  if (!(await app.store.concurrencyLimits.get(id))) throw unknown();
  await deleteLimit(app, id);
}

export async function deleteLimitOfTag(app: App, tag: string): Promise<void> {
  await deleteLimit(app, (await findByTag(app, tag)).id);
}

/** Frees every slot of a tag's limit, or gives them to the task runs named instead. */
export async function resetLimitOfTag(app: App, tag: string, taskRunIds: readonly string[]): Promise<void> {
  const { id } = await findByTag(app, tag);
  const owner = ownerOf('limit', id);
  for (const holder of await app.store.slots.holders(owner, app.clock.now())) {
    await giveBackTo(app, id, holder.id, holder.slots);
  }
  const stored = await app.store.concurrencyLimits.read(id);
  for (const taskRunId of stored ? taskRunIds : []) {
    await app.store.slots.add(slotLimitOf(stored!), holderOf(holderId('task', taskRunId), 1));
  }
}

/** `increment`: a slot of each limited tag for a task run, or none. The same task run again changes nothing. */
export async function takeTagSlots(app: App, { names, task_run_id }: TagSlots): Promise<MinimalLimit[]> {
  const limits = await limitsByName(app, names.map(tagLimitName));
  const zero = limits.find(({ doc }) => doc.limit === 0);
  if (zero) {
    const reason = 'is 0 and will deadlock if the task tries to run again.';
    throw new ClientError('locked', `The concurrency limit on tag "${tagOfLimit(zero.doc.name)}" ${reason}`);
  }
  const holder = holderOf(holderId('task', task_run_id), 1);
  try {
    await takeAll(app, limits, { slots: 1, mode: 'concurrency' }, holder, { again: true });
  } catch (error) {
    if (!(error instanceof ClientError) || error.kind !== 'locked') throw error;
    const tag = tagOfLimit(String(error.details['limit']));
    const details = { retryAfterSeconds: TAG_WAIT_SECONDS };
    throw new ClientError('locked', `Concurrency limit for the ${tag} tag has been reached`, { details });
  }
  return limits
    .filter(({ doc }) => doc.active)
    .map(({ doc: { id, name, limit } }) => ({ id, name: tagOfLimit(name) ?? name, limit }));
}

/** `decrement`: the slots that a task run holds, be it by a lease. May be repeated. */
export async function giveTagSlots(app: App, { names, task_run_id }: TagSlots): Promise<MinimalLimit[]> {
  const limits = await limitsByName(app, names.map(tagLimitName));
  for (const { doc } of limits) {
    await giveBackTo(app, doc.id, holderId('task', task_run_id), 1);
    for (const lease of await leasesOf(app, doc.id)) {
      if (lease.holder?.id === task_run_id) await giveBackTo(app, doc.id, holderId('lease', lease.id), lease.slots);
    }
  }
  return limits.map(({ doc: { id, name, limit } }) => ({ id, name, limit }));
}

async function findByTag(app: App, tag: string): Promise<ConcurrencyLimit> {
  const limit = await app.store.concurrencyLimits.getByName(tagLimitName(tag));
  if (!limit) throw unknown();
  return limit;
}

async function tagLimit(app: App, limit: ConcurrencyLimit): Promise<TagLimit> {
  const { id, created, updated, name } = limit;
  const held = await app.store.slots.holders(ownerOf('limit', id), app.clock.now());
  const own = held.map((holder) => holderUuid('task', holder.id)).filter((uuid) => uuid !== null);
  const leased = (await leasesOf(app, id)).flatMap(({ holder }) => (holder?.type === 'task_run' ? [holder.id] : []));
  return {
    id,
    created,
    updated,
    tag: tagOfLimit(name) ?? name,
    concurrency_limit: limit.limit,
    active_slots: [...own, ...leased],
  };
}

const unknown = () => notFound('Concurrency limit not found');

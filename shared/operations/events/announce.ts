import type { Event } from '../../domain/events/event.ts';
import type { Stamp } from '../../domain/events/lifecycle-events.ts';
import { type App, timestamp } from '../app.ts';
import { publishEvents } from './events.ts';

/**
 * Publishes what has just happened to something that is stored already, under a new id and the present time. Best effort: what is
 * stored stays stored when its event cannot be written, and the caller answers success. Null makes no event.
 */
export async function announce(app: App, make: (stamp: Stamp) => Event | null | Promise<Event | null>): Promise<void> {
  try {
    const event = await make({ id: app.clock.newId(), occurred: timestamp(app) });
    if (event) await publishEvents(app, [event]);
  } catch (error) {
    app.log({ message: 'event not published', error: String(error) });
  }
}

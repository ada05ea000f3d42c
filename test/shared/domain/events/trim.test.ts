import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ReceivedEvent } from '../../../../shared/domain/events/event.ts';
import { trimEvent } from '../../../../shared/domain/events/trim.ts';

const event: ReceivedEvent = {
  id: 'e',
  occurred: '2026-11-24T05:00:00.000000Z',
  received: '2026-11-24T05:00:00.000000Z',
  event: 'custom.thing',
  resource: { 'prefect.resource.id': 'custom.1' },
  related: [],
  payload: {},
  follows: null,
};
const bytes = (value: unknown) => Buffer.byteLength(JSON.stringify(value));

describe('an event that is streamed', () => {
  it('is left alone when it fits', () => {
    expect(trimEvent(event, 1000)).toBe(event);
  });

  it('never exceeds the limit and always keeps its name, id and subject', () => {
    const text = fc.string({ unit: fc.constantFrom('a', 'é', '"', '😀'), maxLength: 3000 });
    fc.assert(
      fc.property(
        fc.dictionary(fc.string({ maxLength: 5 }), text),
        fc.array(text, { maxLength: 5 }),
        (payload, names) => {
          const related = names.map((name) => ({ 'prefect.resource.id': 'r', 'prefect.resource.role': 'x', name }));

          const trimmed = trimEvent({ ...event, payload, related }, 2000)!;

          expect(bytes(trimmed)).toBeLessThanOrEqual(2000);
          expect(trimmed).toMatchObject({ id: 'e', event: 'custom.thing' });
          expect(trimmed.resource['prefect.resource.id']).toBe('custom.1');
        },
      ),
    );
  });

  it('is not streamed when even its name is too long', () => {
    expect(trimEvent({ ...event, event: 'x'.repeat(500) }, 300)).toBeNull();
  });
});

import { v7 } from 'uuid';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { timerFired } from '../../../shared/lifecycle/timer-fired.ts';
import type { TimerEvent } from '../../../shared/operations/events/timer-events.ts';
import { type SmtpReceiver, type SmtpReceiverOptions, startSmtpReceiver } from '../../fakes/smtp-receiver.ts';
import { type TestApp, testApp } from '../../test-app.ts';

let home: TestApp;
let receiver: SmtpReceiver | undefined;
beforeEach(async () => {
  home = await testApp();
});
afterEach(async () => {
  await Promise.all([home.close(), receiver?.close()]);
  receiver = undefined;
});

async function made(path: string, body: object): Promise<{ id: string }> {
  const answer = await home.call('POST', path, body);
  expect(answer.status, JSON.stringify(answer.body)).toBeLessThan(300);
  return answer.body;
}

/** An automation that tells of every order by the Slack block with this URL; `PORT` is the receiver's. */
async function tellOfOrders(url: string, options: SmtpReceiverOptions = {}, more: object = {}): Promise<void> {
  receiver = await startSmtpReceiver(options);
  const types = await home.call('GET', '/block_types/slug/slack-webhook');
  const schemas = await home.call('POST', '/block_schemas/filter', {
    block_schemas: { block_type_id: { any_: [types.body.id] } },
  });
  const block = await made('/block_documents/', {
    name: 'mail',
    data: { url: url.replace('PORT', String(receiver.port)), ...more },
    block_type_id: types.body.id,
    block_schema_id: schemas.body[0].id,
  });
  await made('/automations/', {
    name: 'teller',
    trigger: { type: 'event', posture: 'Reactive', expect: ['order.placed'], threshold: 1, within: 0 },
    actions: [
      {
        type: 'send-notification',
        block_document_id: block.id,
        subject: 'Order by {{ event.resource.id }}',
        body: 'It was <b>placed</b> &\nis für you.\n.',
      },
    ],
  });
}

/** Something is ordered, and every action that comes of it is done; how the actions ended. */
async function order(): Promise<{ event: string; payload: { reason?: string; notification_log?: string } }[]> {
  const resource = { 'prefect.resource.id': 'anna' };
  const event = { id: v7(), occurred: home.app.clock.now().toISOString(), event: 'order.placed', resource };
  expect((await home.call('POST', '/events', [event])).status).toBe(204);
  for (let next = nextFiring(); next; next = nextFiring()) {
    const [name, { at, payload }] = next;
    home.timers.delete(name);
    home.advance(Math.max(0, (at.getTime() - home.app.clock.now().getTime()) / 1000));
    await timerFired(home.app, payload as unknown as TimerEvent);
  }
  const filter = { event: { prefix: ['prefect.automation.action.executed', 'prefect.automation.action.failed'] } };
  const { body } = await home.call('POST', '/events/filter', { filter: { ...filter, order: 'ASC' } });
  return body.events;
}

const nextFiring = () => [...home.timers].find(([name]) => name.startsWith('firing-'));

describe('a notification by mail, through the Slack block with a mailto URL', () => {
  it('is handed to the mail server that the URL names, as text and as HTML', async () => {
    await tellOfOrders(
      'mailto://shop.example.com:PORT/boss@shop.example.com?smtp=127.0.0.1&from=Shop%20<shop@shop.example.com>',
    );

    const [outcome] = await order();

    expect(outcome?.event).toBe('prefect.automation.action.executed');
    const [mail] = receiver!.mails;
    expect([mail!.from, mail!.to]).toEqual(['shop@shop.example.com', ['boss@shop.example.com']]);
    expect(mail!.text).toContain('Subject: Order by anna');
    expect(mail!.text).toContain('From: Shop <shop@shop.example.com>');
    expect(mail!.text).toContain('It was <b>placed</b> &\r\nis f=C3=BCr you.\r\n.');
    expect(mail!.text).toContain('It was placed &\r\nis f=C3=BCr you.\r\n.');
  });

  it('logs in first where the URL has a password, and says so when the server refuses', async () => {
    const users = { anna: 's3cret' };
    await tellOfOrders('mailto://anna:s3cret@shop.example.com:PORT?smtp=127.0.0.1', { users });
    await order();
    expect(receiver!.mails).toMatchObject([{ user: 'anna', to: ['anna@shop.example.com'] }]);

    users.anna = 'changed';
    home.advance(1);
    const outcome = (await order()).at(-1);

    expect(outcome?.payload.reason).toBe('Notification failed');
    expect(outcome?.payload.notification_log).toContain('535 5.7.8');
    expect(receiver!.mails).toHaveLength(1);
  });

  it('is tried again when the server says that it cannot now, and nobody gets it twice', async () => {
    let refusals = 2;
    const instead = (line: string) =>
      line.startsWith('MAIL') && refusals-- > 0 ? '451 4.3.0 Try again later' : undefined;
    await tellOfOrders('mailto://anna@shop.example.com:PORT?smtp=127.0.0.1', { instead });

    const outcomes = await order();

    expect(outcomes.map(({ event }) => event)).toEqual(['prefect.automation.action.executed']);
    expect(receiver!.mails).toHaveLength(1);
    expect(receiver!.connections()).toBe(3);
  });

  it('is not tried again when one of several receivers has it', async () => {
    const instead = (line: string) => (line.includes('<b@x.org>') ? '450 4.2.1 Mailbox busy' : undefined);
    await tellOfOrders('mailto://anna@shop.example.com:PORT/a@x.org/b@x.org?smtp=127.0.0.1', { instead });

    const [outcome] = await order();

    expect(outcome?.payload.notification_log).toContain('450 4.2.1');
    expect(receiver!.mails.map(({ to }) => to)).toEqual([['a@x.org']]);
  });

  it.each([
    ['a server that offers no STARTTLS', 'mailtos://anna@shop.example.com:PORT?smtp=127.0.0.1', {}, 'STARTTLS'],
    ['a URL without a sender', 'mailto://x.org:PORT?smtp=127.0.0.1', {}, 'names no sender'],
    [
      'a block that allows no private URLs',
      'mailto://a@x.org:PORT?smtp=127.0.0.1',
      { allow_private_urls: false },
      'private',
    ],
  ])('fails, with the reason in its event, for %s', async (_, url, more, reason) => {
    await tellOfOrders(url, {}, more);

    const [outcome] = await order();

    expect(outcome?.event).toBe('prefect.automation.action.failed');
    expect(outcome?.payload.notification_log).toContain(reason);
    expect(receiver!.mails).toEqual([]);
  });
});

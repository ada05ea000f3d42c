import { createTransport } from 'nodemailer';
import { type MailAddress, type MailRoute, parseMailUrl } from '../../domain/notifications/mail-url.ts';
import { type Message, SENDER_NAME } from '../../domain/notifications/notification.ts';

/** Why a mail was not taken. */
export interface MailFailure {
  readonly log: string;
  /** Trying again may help. */
  readonly mayPass: boolean;
}

/**
 * A mail to each receiver that an Apprise URL (`mailto://`, `mailtos://`) names, by SMTP; what became of each, null when the
 * server took it. Loaded at first use: the library (docs/decisions/066) is read by nobody who sends none.
 */
export async function sendMails(url: string, message: Message, seconds: number): Promise<(MailFailure | null)[]> {
  let route: MailRoute;
  try {
    route = parseMailUrl(url, SENDER_NAME);
  } catch (error) {
    return [{ log: `The URL of the mail cannot be used: ${(error as Error).message}`, mayPass: false }];
  }
  const { host, port, security, login } = route;
  const milliseconds = seconds * 1000;
  const transport = createTransport({
    host,
    port,
    secure: security === 'ssl',
    requireTLS: security === 'starttls',
    ignoreTLS: security === 'insecure',
    ...(login && { auth: login }),
    connectionTimeout: milliseconds,
    greetingTimeout: milliseconds,
    socketTimeout: milliseconds,
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  const outcomes: (MailFailure | null)[] = [];
  for (const receiver of route.to) {
    const others = (list: readonly MailAddress[]) => list.filter(({ address }) => address !== receiver.address);
    const mail = {
      from: route.from,
      to: receiver,
      cc: others(route.cc),
      bcc: others(route.bcc),
      replyTo: others(route.replyTo),
      subject: message.subject,
      html: message.body,
      text: withoutTags(message.body),
      headers: { 'X-Application': SENDER_NAME, ...route.headers },
    };
    outcomes.push(await transport.sendMail(mail).then(() => null, failureOf));
  }
  return outcomes;
}

/** For readers that show no HTML. */
const withoutTags = (html: string): string => html.replace(/<\/?[a-z][^<>]*>/gi, '');

const TRANSIENT = new Set(['ECONNECTION', 'ETIMEDOUT', 'EDNS', 'ESOCKET']);

/** A server's answer of 4xx, or none, may be another next time; one of 5xx will not. */
function failureOf(error: Error & { code?: string; responseCode?: number }): MailFailure {
  const { code = '', responseCode } = error;
  const mayPass = responseCode ? responseCode < 500 : TRANSIENT.has(code);
  return { log: `The mail was not sent: ${error.message}`, mayPass };
}

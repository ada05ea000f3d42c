import { isJsonObject, type Json, type JsonObject } from '../json/json.ts';

/** What a notification block is asked to say. */
export interface Message {
  /** Of the block. */
  readonly name: string;
  readonly subject: string;
  readonly body: string;
}

/** One request to the service behind a block. */
export interface NotificationRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | null;
}

/** What a block sends, as Prefect's block of the same type does (which hands over to Apprise): one request a receiver, or one for all. */
export type Sender = (data: JsonObject, message: Message) => NotificationRequest[];

export const SENDER_NAME = 'Prefect Notifications';

/** A `POST` of JSON. */
export function jsonPost(url: string, body: Json, headers: Readonly<Record<string, string>> = {}): NotificationRequest {
  return {
    method: 'POST',
    url,
    headers: { 'user-agent': SENDER_NAME, 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  };
}

export type NotifyType = 'info' | 'success' | 'warning' | 'failure';

export function notifyType(data: JsonObject): NotifyType {
  const type = data['notify_type'];
  return type === 'success' || type === 'warning' || type === 'failure' ? type : 'info';
}

/** Where Apprise serves the icons of its kinds of notification, in points of height. */
export const iconUrl = (type: NotifyType, size: 32 | 72 | 128): string =>
  `https://github.com/caronc/apprise/raw/master/apprise/assets/themes/default/apprise-${type}-${size}x${size}.png`;

/** For services that know one text: the subject on a line of its own. */
export const oneText = ({ subject, body }: Message): string => (subject === '' ? body : `${subject}\r\n${body}`);

export const text = (value: Json | undefined): string => (typeof value === 'string' ? value : '');

export const list = (value: Json | undefined): string[] => (Array.isArray(value) ? value.map(String) : []);

export const texts = (value: Json | undefined): Record<string, string> =>
  isJsonObject(value ?? null)
    ? Object.fromEntries(Object.entries(value as JsonObject).map(([key, item]) => [key, String(item)]))
    : {};

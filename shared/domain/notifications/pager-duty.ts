import type { JsonObject } from '../json/json.ts';
import {
  iconUrl,
  jsonPost,
  type NotifyType,
  notifyType,
  SENDER_NAME,
  type Sender,
  text,
  texts,
} from './notification.ts';

const SEVERITIES: Record<NotifyType, string> = {
  info: 'info',
  success: 'info',
  warning: 'warning',
  failure: 'critical',
};

/** An event for PagerDuty's Events API v2 (`pager-duty-webhook`). With a subject, the body is a detail of its own. */
export const pagerDuty: Sender = (data, { subject, body }) => {
  const type = notifyType(data);
  const details = { ...texts(data['custom_details']), ...(subject !== '' && { 'Prefect Notification Body': body }) };
  const payload: JsonObject = {
    summary: subject === '' ? body : subject,
    severity: SEVERITIES[type],
    source: text(data['source']) || 'Prefect',
    component: text(data['component']) || 'Notification',
    ...(data['group'] && { group: text(data['group']) }),
    ...(data['class_id'] && { class: text(data['class_id']) }),
    ...(Object.keys(details).length > 0 && { custom_details: details }),
  };
  const event: JsonObject = {
    routing_key: text(data['integration_key']),
    payload,
    client: SENDER_NAME,
    event_action: 'trigger',
    ...(data['clickable_url'] && { links: [{ href: text(data['clickable_url']) }] }),
    ...(data['include_image'] !== false && { images: [{ src: iconUrl(type, 128), alt: type }] }),
  };
  const host = data['region_name'] === 'eu' ? 'events.eu.pagerduty.com' : 'events.pagerduty.com';
  return [jsonPost(`https://${host}/v2/enqueue`, event, { authorization: `Token token=${text(data['api_key'])}` })];
};
